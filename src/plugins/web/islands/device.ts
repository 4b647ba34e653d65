// In the browser: waits until somebody on another device has decided, and lets the server say what that means. Counts the time down.

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const breathMilliseconds = 1_000
const troubleMilliseconds = 5_000

/** The server answers when something has happened, or after a while. Nothing here knows what; the page does. */
async function wait(address: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${address}/wait`).catch(() => undefined)
    if (answer?.status === 204) return location.reload()
    await pause(answer?.status === 202 ? breathMilliseconds : troubleMilliseconds)
  }
}

for (const place of document.querySelectorAll<HTMLElement>('[data-device-wait]')) void wait(place.dataset.deviceWait ?? '')

for (const place of document.querySelectorAll<HTMLElement>('[data-seconds]')) {
  const seconds = Number(place.dataset.seconds)
  const show = () => {
    // Counted from when the page came: the clock of a device may be wrong.
    const left = Math.max(0, Math.round(seconds - performance.now() / 1000))
    place.textContent = `${place.dataset.left} ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  }
  show()
  setInterval(show, 1000)
}

export {}
