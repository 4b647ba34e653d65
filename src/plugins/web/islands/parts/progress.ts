// In the browser: moves the bar of a run, whoever set it going, and shows the result when it is over.

interface Progress {
  readonly kind: string
  readonly stage: string
  readonly done: number
  readonly total: number | null
  readonly percent: number
}

const counts = new Intl.NumberFormat(document.documentElement.lang)

export function followRuns(card: HTMLElement): void {
  const bar = card.querySelector('progress')
  const stages = [...card.querySelectorAll<HTMLLIElement>('[data-stage]')]
  const over = card.querySelector<HTMLElement>('[data-over]')
  const result = over?.querySelector('a')
  const events = new EventSource(card.dataset.follow ?? '')
  let typed = false
  document.addEventListener('input', () => {
    typed = true
  })

  events.addEventListener('progress', ({ data }) => {
    const { kind, stage, done, total, percent } = JSON.parse(data) as Progress
    const mine = stages.filter((one) => one.dataset.kinds?.split(' ').includes(kind))
    const at = mine.findIndex((one) => one.dataset.stage === stage)
    // Changes that come in by themselves are over before anybody looks.
    if (at < 0) return
    card.hidden = false
    if (over) over.hidden = true
    for (const words of card.querySelectorAll<HTMLElement>('[data-kind]')) {
      words.hidden = words.dataset.kind !== kind
      if (!words.hidden) bar?.setAttribute('aria-label', words.textContent.trim())
    }
    if (bar) bar.value = percent
    for (const one of stages) {
      const place = mine.indexOf(one)
      one.hidden = place < 0
      one.classList.toggle('done', place < at)
      one.classList.toggle('now', place === at)
      if (place === at) one.setAttribute('aria-current', 'step')
      else one.removeAttribute('aria-current')
      const number = one.querySelector('.numbers')
      if (number && place === at && done > 0)
        number.textContent = total === null ? counts.format(done) : `${counts.format(done)} / ${counts.format(total)}`
    }
  })

  events.addEventListener('idle', () => {
    // Whoever set it going gets its answer by itself.
    if (card.hidden || document.querySelector('[data-sending]')) return
    for (const words of card.querySelectorAll<HTMLElement>('[data-kind]')) words.hidden = true
    if (over) over.hidden = false
    for (const one of stages) one.classList.add('done')
    if (bar) bar.value = 100
    const isTesting = document.querySelector('#live-steps:not([hidden])')
    if (result && result.pathname === location.pathname && !typed && !isTesting) location.assign(result.href)
  })
}
