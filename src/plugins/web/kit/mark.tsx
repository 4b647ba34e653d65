// The mark of this server: a pocket with a keyhole. Drawn here, so it costs no download.

/** @param id unique in the page: gradients are found by id */
export const Mark = ({ id }: { readonly id: string }) => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <defs>
      <linearGradient id={id} x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" class="mark-from" />
        <stop offset="1" class="mark-to" />
      </linearGradient>
    </defs>
    <path d="M5 3h22a2 2 0 0 1 2 2v11a13 13 0 0 1-26 0V5a2 2 0 0 1 2-2Z" fill={`url(#${id})`} />
    <path d="M4 8h24" stroke="#fff" stroke-opacity=".65" stroke-width="1.3" stroke-dasharray="2.2 1.8" />
    <path d="M16 12a3.2 3.2 0 0 1 1.7 5.9l.9 4.6h-5.2l.9-4.6A3.2 3.2 0 0 1 16 12Z" fill="#fff" />
  </svg>
)
