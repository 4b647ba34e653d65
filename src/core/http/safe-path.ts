// Pure: where somebody is taken afterwards, as a visitor or a link says it.

/** A path on this very server, or the fallback: whoever builds a link must not be able to send people elsewhere. */
export function safePath(wanted: string | undefined, fallback: string): string {
  if (!wanted?.startsWith('/') || /^\/[/\\]/.test(wanted) || /[\p{Cc}\\]/u.test(wanted)) return fallback
  return wanted
}
