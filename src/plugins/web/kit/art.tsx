// The quiet drawing beside the sign-in: the ridges of a fingerprint. Its colours are in the stylesheet.

const rings = Array.from({ length: 17 }, (_, index) => index)

/** The arcs of one ring. Not random: the page is the same each time, so that nothing jumps between two of them. */
function ring(index: number) {
  const radius = 42 + index * 31
  const around = 2 * Math.PI * radius
  const shares = [0.16 + ((index * 7) % 5) * 0.05, 0.06, 0.3 - ((index * 3) % 4) * 0.05, 0.05]
  const gap = Math.max(0.05, 1 - shares.reduce((sum, share) => sum + share, 0))
  return {
    radius,
    dashes: [...shares.slice(0, 3), shares[3] ?? 0, gap * 0.8, gap * 0.2].map((share) => Math.round(share * around)).join(' '),
    turn: (index * 67) % 360,
  }
}

export const Art = () => (
  <svg class="art" viewBox="0 0 720 860" preserveAspectRatio="xMidYMid slice" aria-hidden="true" fill="none">
    {rings.map(ring).map(({ radius, dashes, turn }) => (
      <circle cx="360" cy="350" r={radius} stroke-dasharray={dashes} transform={`rotate(${turn} 360 350)`} />
    ))}
  </svg>
)
