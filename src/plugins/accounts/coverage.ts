// Pure: outlines of letters -> how much of each pixel they cover.
import { glyphs } from './glyphs.ts'

type Point = readonly [x: number, y: number]
/** From one point to another; which of them is higher says how the outline winds. */
type Edge = readonly [from: Point, to: Point]

/** Where letters go: the size of a unit and the place of the lower left corner, in pixels of a picture whose y goes down. */
export interface Place {
  readonly scale: number
  readonly left: number
  readonly base: number
}

/** How far the letters reach, in units of the outlines; undefined when one of them has no outline here. */
export function widthOf(letters: string): number | undefined {
  const widths = [...letters].map((letter) => glyphs[letter]?.[0])
  return widths.includes(undefined) ? undefined : widths.reduce<number>((sum, width) => sum + (width ?? 0), 0)
}

/** The edges of some letters, side by side. */
export function edgesOf(letters: string, { scale, left, base }: Place): readonly Edge[] {
  let pen = left
  return [...letters].flatMap((letter) => {
    const [width, outline] = glyphs[letter] ?? [0, '']
    const at = pen
    pen += width * scale
    return edges(outline, ([x, y]) => [at + x * scale, base - y * scale])
  })
}

const curveSteps = 8

function edges(outline: string, place: (point: Point) => Point): readonly Edge[] {
  const found: Edge[] = []
  let first: Point = [0, 0]
  let last: Point = [0, 0]
  const line = (to: Point) => {
    found.push([place(last), place(to)])
    last = to
  }
  for (const [, word, numbers = ''] of outline.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.split(' ').map(Number)
    if (word === 'M') {
      line(first)
      first = [a, b]
      last = first
    } else if (word === 'L') line([a, b])
    else {
      const [x, y] = last
      for (let step = 1; step <= curveSteps; step++) {
        const t = step / curveSteps
        const u = 1 - t
        line([u * u * x + 2 * u * t * a + t * t * c, u * u * y + 2 * u * t * b + t * t * d])
      }
    }
  }
  line(first)
  return found
}

const rowsPerPixel = 4

/** Covered shares of a square picture's pixels, 0 to 1, row by row. What an outline winds around counts (non-zero rule). */
export function coverage(edges: readonly Edge[], side: number): Float32Array {
  const covered = new Float32Array(side * side)
  const rows = new Map<number, [x: number, winding: number][]>()
  for (const [[x0, y0], [x1, y1]] of edges) {
    const [low, high] = [Math.min(y0, y1), Math.max(y0, y1)]
    for (let row = Math.ceil(low * rowsPerPixel - 0.5); row < high * rowsPerPixel - 0.5; row++) {
      const y = (row + 0.5) / rowsPerPixel
      const crossing: [number, number] = [x0 + ((x1 - x0) * (y - y0)) / (y1 - y0), y1 > y0 ? 1 : -1]
      const crossings = rows.get(row)
      if (crossings) crossings.push(crossing)
      else rows.set(row, [crossing])
    }
  }
  for (const [row, crossings] of rows) {
    const start = Math.floor(row / rowsPerPixel) * side
    if (start < 0 || start >= covered.length) continue
    crossings.sort(([a], [b]) => a - b)
    let winding = 0
    crossings.forEach(([x, turn], at) => {
      winding += turn
      if (winding !== 0) fill(covered, start, x, crossings[at + 1]?.[0] ?? x, side)
    })
  }
  return covered
}

function fill(covered: Float32Array, start: number, from: number, to: number, side: number): void {
  for (let x = Math.max(0, Math.floor(from)); x < Math.min(side, to); x++) {
    const share = Math.min(x + 1, to) - Math.max(x, from)
    covered[start + x] = (covered[start + x] ?? 0) + share / rowsPerPixel
  }
}
