// Pure: a value in a path that may be an address itself.

/**
 * An app that describes itself has an address as its id, and proxies take the slashes of one apart, also when they are encoded. So
 * clients of Pocket ID send it in base64url behind a tilde, which no other id begins with.
 */
export const pathParameter = (text: string): string =>
  /^~[\w-]+$/.test(text) ? Buffer.from(text.slice(1), 'base64url').toString('utf8') : text
