// Making an account for oneself, with an invitation or without.
import { Front } from '../kit/front.tsx'
import { FrontPerson, type FrontPersonProps } from '../kit/front-person.tsx'
import { Icon } from '../kit/icon.tsx'
import { Notice } from '../kit/pieces.tsx'
import type { View } from '../view.ts'
import { signUpPath } from './paths.ts'

export function SignUpPage({ token, ...props }: FrontPersonProps & { readonly token: string }) {
  const { view, faults } = props
  const { t, said } = view
  return (
    <Front view={view} title={t.signUp.title} lead={t.signUp.lead(view.appName)}>
      {faults[''] && <Notice tone="bad">{said(faults[''])}</Notice>}
      <form method="post" action={signUpPath} class="front-form" data-busy={t.app.working}>
        {token !== '' && <input type="hidden" name="token" value={token} />}
        <FrontPerson {...props} />
        <button type="submit" class="button primary large">
          <span>{t.signUp.submit}</span>
          <Icon name="arrow-right" />
        </button>
      </form>
      <p class="front-links">
        <a href="/login">{t.front.back}</a>
      </p>
    </Front>
  )
}

/** Where nobody may sign up, or not with this invitation. */
export const SignUpClosedPage = ({ view, why }: { readonly view: View; readonly why: string }) => (
  <Front view={view} title={view.t.signUp.closedTitle} lead={view.said(why)} mark={<Icon name="ticket" />}>
    <a class="button large" href="/login">
      <Icon name="arrow-left" />
      <span>{view.t.front.back}</span>
    </a>
  </Front>
)
