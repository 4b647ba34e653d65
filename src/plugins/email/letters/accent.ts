// Pure: the instance's accent colour as mail programs understand it: red, green and blue, with black or white on it.

const ours = { back: '#1c1917', text: '#ffffff' }

/** Colours that are written otherwise (names, oklch) are unknown to many programs, and nothing else may stand in a style. */
export function accentOf(accent: string): { readonly back: string; readonly text: string } {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(accent.trim())?.[1]
  if (digits === undefined) return ours
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => linear(Number.parseInt(full.slice(at, at + 2), 16) / 255))
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  // Whichever is read better (WCAG 2.2, relative luminance): the contrast with white and with black is equal at 0.179.
  return { back: `#${full}`, text: luminance > 0.179 ? '#000000' : '#ffffff' }
}

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
