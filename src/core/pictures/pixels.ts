// Pure: a picture as pixels (RGBA, row by row): all of it or the square out of its middle, made smaller by averaging.

export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** The centred square, at most `side` pixels wide. It is never made larger: that adds bytes and no detail. */
export function squared(pixels: Pixels, side: number): Pixels {
  const cut = Math.min(pixels.width, pixels.height)
  const left = (pixels.width - cut) >> 1
  const top = (pixels.height - cut) >> 1
  const target = Math.min(side, cut)
  return scaled(pixels, { left, top, width: cut, height: cut }, { width: target, height: target })
}

/** The whole picture, at most `side` pixels wide and high, and never made larger either. */
export function whole(pixels: Pixels, side: number): Pixels {
  const { width, height } = pixels
  const shrink = Math.min(1, side / Math.max(width, height))
  const target = { width: Math.max(1, Math.round(width * shrink)), height: Math.max(1, Math.round(height * shrink)) }
  return scaled(pixels, { left: 0, top: 0, width, height }, target)
}

type Size = Pick<Pixels, 'width' | 'height'>

function scaled({ width, data }: Pixels, cut: Size & { readonly left: number; readonly top: number }, target: Size): Pixels {
  const { left, top } = cut
  const out = new Uint8ClampedArray(target.width * target.height * 4)
  for (let y = 0; y < target.height; y++) {
    const [y0, y1] = span(y, cut.height, target.height)
    for (let x = 0; x < target.width; x++) {
      const [x0, x1] = span(x, cut.width, target.width)
      average(data, width, { x0: left + x0, x1: left + x1, y0: top + y0, y1: top + y1 }, out, (y * target.width + x) * 4)
    }
  }
  return { ...target, data: out }
}

/** Whether every pixel hides what is behind it. */
export function isOpaque({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}

const span = (at: number, from: number, to: number): readonly [number, number] => [
  Math.floor((at * from) / to),
  Math.max(Math.floor(((at + 1) * from) / to), Math.floor((at * from) / to) + 1),
]

interface Box {
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
}

/** Colours count by their opacity, or the invisible colour of clear pixels would shine through at the edges. */
function average(data: Uint8ClampedArray, width: number, { x0, x1, y0, y1 }: Box, out: Uint8ClampedArray, at: number): void {
  let red = 0
  let green = 0
  let blue = 0
  let alpha = 0
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const pixel = (y * width + x) * 4
      const weight = data[pixel + 3] ?? 0
      red += (data[pixel] ?? 0) * weight
      green += (data[pixel + 1] ?? 0) * weight
      blue += (data[pixel + 2] ?? 0) * weight
      alpha += weight
    }
  }
  if (alpha === 0) return
  out[at] = red / alpha
  out[at + 1] = green / alpha
  out[at + 2] = blue / alpha
  out[at + 3] = alpha / ((x1 - x0) * (y1 - y0))
}
