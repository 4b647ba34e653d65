// Pure: what counts as a colour in CSS, where it comes from somebody's hand and goes into a stylesheet.

/** Names, hex and functions of numbers: nothing that could end the declaration it is put into. */
export const isColour = (text: string): boolean =>
  /^(#[0-9a-f]{3,8}|[a-z]+|(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\d\s.,%/a-z+-]*\))$/i.test(text)
