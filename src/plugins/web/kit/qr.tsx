// A QR code as a drawing: dark on white in either theme, since cameras read it best so. The only file that imports uqr.
import { encode, QrCodeDataType } from 'uqr'

/** Clear space around it, as the standard wants (ISO/IEC 18004 section 6.3.8). */
const margin = 4
const eye = 7

interface QrProps {
  readonly text: string
  readonly label: string
}

export function Qr({ text, label }: QrProps) {
  const { size, data, types } = encode(text, { ecc: 'M', border: 0 })
  const isDot = (x: number, y: number) => data[y]?.[x] === true && types[y]?.[x] !== QrCodeDataType.Position
  const far = size - eye
  return (
    <svg class="qr" viewBox={`${-margin} ${-margin} ${size + 2 * margin} ${size + 2 * margin}`} role="img" aria-label={label}>
      <rect class="qr-ground" x={-margin} y={-margin} width={size + 2 * margin} height={size + 2 * margin} />
      <path d={runs(size, isDot)} />
      <Eye x={0} y={0} />
      <Eye x={far} y={0} />
      <Eye x={0} y={far} />
    </svg>
  )
}

/** The finder in a corner, with rounded edges: what makes it one is its proportion alone. */
const Eye = ({ x, y }: { readonly x: number; readonly y: number }) => (
  <>
    <rect class="qr-ring" x={x + 0.5} y={y + 0.5} width={eye - 1} height={eye - 1} rx="1.75" />
    <rect x={x + 2} y={y + 2} width={eye - 4} height={eye - 4} rx=".9" />
  </>
)

/** What lies side by side is one rectangle. */
function runs(size: number, isDot: (x: number, y: number) => boolean): string {
  let path = ''
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!isDot(x, y)) continue
      const start = x
      while (isDot(x + 1, y)) x++
      path += `M${start} ${y}h${x + 1 - start}v1h-${x + 1 - start}z`
    }
  }
  return path
}
