// In the browser, on every page: theme without a reload, busy buttons, copying, the search shortcut, times in the device's own zone.

/** The colours change at once; the server remembers them for the next page. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[name=theme]')) {
  button.form?.addEventListener('submit', async (event) => {
    event.preventDefault()
    const form = new FormData(button.form ?? undefined, button)
    const theme = String(form.get('theme'))
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    const body = new URLSearchParams([...form].map(([name, value]) => [name, String(value)]))
    const answer = await fetch('/preferences', { method: 'POST', body })
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('button[name=theme]')
    if (!fresh) return
    button.value = fresh.getAttribute('value') ?? ''
    button.title = fresh.getAttribute('title') ?? ''
    button.setAttribute('aria-label', button.title)
    button.replaceChildren(...fresh.childNodes)
  })
}

/** What takes its time says so, and is sent once. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-busy]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sending) return event.preventDefault()
    form.dataset.sending = 'yes'
    const button = event.submitter ?? form.querySelector('button')
    button?.setAttribute('aria-busy', 'true')
    const label = button?.querySelector('span')
    if (label && form.dataset.busy) label.textContent = form.dataset.busy
  })
}
// Coming back by the browser's button shows the page as it was left; nothing is being sent any more.
window.addEventListener('pageshow', (event) => {
  if (event.persisted && document.querySelector('[data-sending]')) location.reload()
})

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  button.hidden = !navigator.clipboard
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? '')
    const label = button.querySelector('span')
    if (label) label.textContent = button.dataset.said ?? ''
  })
}

const search = document.querySelector<HTMLInputElement>('input[data-shortcut]')
const keys = search?.parentElement?.querySelector('kbd')
if (search && keys) {
  keys.hidden = false
  if (/Mac|iPhone|iPad/.test(navigator.userAgent)) keys.textContent = '⌘K'
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== search.dataset.shortcut || !(event.metaKey || event.ctrlKey) || event.shiftKey) return
    event.preventDefault()
    search.focus()
    search.select()
  })
}

// On a phone the rail is a row that may be longer than the screen: it begins with where we are.
const here = document.querySelector<HTMLElement>('.rail [aria-current]')
const rail = here?.closest('nav')
if (here && rail) rail.scrollLeft = here.offsetLeft - (rail.clientWidth - here.clientWidth) / 2

const exact = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' })
for (const time of document.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
  const date = new Date(time.dateTime)
  if ('day' in time.dataset) time.textContent = day.format(date)
  time.title = exact.format(date)
}

export {}
