// In the browser: sends the code of a link by itself, once somebody really looks at the page. A prerendered page waits.
const form = document.querySelector<HTMLFormElement>('form[data-code]')
const isSeen = () => document.visibilityState === 'visible' && !('prerendering' in document && document.prerendering)

function send(): void {
  if (!form || form.dataset.sent || !isSeen()) return
  form.dataset.sent = 'yes'
  form.requestSubmit()
}

for (const name of ['visibilitychange', 'prerenderingchange']) document.addEventListener(name, send)
send()

export {}
