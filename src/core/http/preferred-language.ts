// Pure: which of the languages that are spoken somebody gets, from what was chosen and what the browser accepts.

/**
 * The best of the `spoken` languages, or undefined where none fits.
 *
 * @param chosen language tags, the weightiest first; `de-AT` is answered in `de`
 * @param accepted the Accept-Language header (RFC 9110 section 12.5.4)
 */
export function preferredLanguage<L extends string>(
  spoken: readonly L[],
  chosen: readonly (string | null | undefined)[],
  accepted: string | null | undefined,
): L | undefined {
  for (const wish of [...chosen, ...acceptedLanguages(accepted ?? '')]) {
    const found = wish ? closest(spoken, wish.toLowerCase()) : undefined
    if (found) return found
  }
  return undefined
}

const closest = <L extends string>(spoken: readonly L[], tag: string): L | undefined =>
  spoken.find((one) => one === tag) ?? spoken.find((one) => one === tag.split('-')[0])

/** Tags with weights, the heaviest first. */
function acceptedLanguages(header: string): readonly string[] {
  const weighted = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/)
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2)
    return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 }
  })
  return weighted
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
