// In the browser: shows each step of a test as the server tells it, and how far a run is. Without it a page comes at the end.
import { followRuns } from './parts/progress.ts'

interface Line {
  readonly into: 'steps' | 'lead'
  readonly html: string
}

/** The lines of an answer as they come. */
async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Line> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value = '' } = await reader.read()
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Line
    if (done) return
  }
}

async function test(form: HTMLFormElement, button: HTMLButtonElement, card: HTMLElement): Promise<void> {
  const steps = card.querySelector('ol')
  const lead = card.querySelector('[data-lead]')
  if (!steps || !lead) return
  steps.replaceChildren()
  card.hidden = false
  card.scrollIntoView({ block: 'nearest' })
  button.setAttribute('aria-busy', 'true')
  const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
  try {
    // A button without an address of its own would name the page itself.
    const address = button.getAttribute('formaction') ?? form.action
    const answer = await fetch(address, { method: 'POST', body, headers: { 'x-live': 'steps' } })
    // A refusal is a page, with the fields marked: it is shown as it would be without us.
    if (!answer.body || !answer.headers.get('content-type')?.startsWith('application/x-ndjson')) return form.submit()
    for await (const { into, html } of linesOf(answer.body)) {
      if (into === 'steps') steps.insertAdjacentHTML('beforeend', html)
      else lead.innerHTML = html
    }
  } finally {
    button.removeAttribute('aria-busy')
  }
}

const card = document.querySelector<HTMLElement>('#live-steps')
const run = document.querySelector<HTMLElement>('#live-run')
if (run) followRuns(run)
// Before the handler that marks a form as sent, which would let a test through only once.
document.addEventListener(
  'submit',
  (event) => {
    const button = event.submitter
    const form = event.target
    if (!(button instanceof HTMLButtonElement) || !(form instanceof HTMLFormElement)) return
    if (button.dataset.live !== 'steps' || !card) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (button.getAttribute('aria-busy') !== 'true') void test(form, button, card)
  },
  { capture: true },
)
