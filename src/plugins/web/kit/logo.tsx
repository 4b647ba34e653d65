// The sign of the instance: its own logo, or the mark of this server.
import type { View } from '../view.ts'
import { Mark } from './mark.tsx'

interface LogoProps {
  readonly view: View
  /** Unique in the page: the mark's gradients are found by it. */
  readonly id: string
}

/** Decoration beside the name. With a logo for each kind of page the stylesheet shows the right one, and the browser loads it alone. */
export function Logo({ view, id }: LogoProps) {
  const light = view.image('logo')
  const dark = view.image('logo-dark')
  if (!light && !dark) return <Mark id={id} />
  if (!light || !dark) return <img src={light ?? dark} alt="" />
  return (
    <>
      <img class="on-light" src={light} alt="" loading="lazy" />
      <img class="on-dark" src={dark} alt="" loading="lazy" />
    </>
  )
}
