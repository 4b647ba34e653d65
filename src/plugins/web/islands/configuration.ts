// In the browser, on the page of the configuration: a file goes when it is chosen, a colour is chosen as one sees it.

/** A file that was chosen is sent. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-send-chosen]')) {
  form.querySelector('button')?.remove()
  form.addEventListener('change', () => form.requestSubmit())
}

/** The field of a colour shows it. What is no hex is asked of the stylesheet, in which the accent stands. */
for (const swatch of document.querySelectorAll<HTMLInputElement>('[data-colour-of]')) {
  const field = document.querySelector<HTMLInputElement>(`[name=${swatch.dataset.colourOf}]`)
  if (!field) continue
  const show = () => {
    swatch.value =
      hexOf(field.value) ?? hexOf(getComputedStyle(document.documentElement).getPropertyValue('--given')) ?? swatch.value
  }
  show()
  swatch.hidden = false
  field.addEventListener('input', show)
  swatch.addEventListener('input', () => {
    field.value = swatch.value
  })
}

/** Any colour of CSS as a browser paints it. */
function hexOf(colour: string): string | undefined {
  const canvas = document.createElement('canvas').getContext('2d')
  if (!canvas || !CSS.supports('color', colour)) return undefined
  canvas.fillStyle = colour
  canvas.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

export {}
