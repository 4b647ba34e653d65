// Pages around letters: a sign-in link by e-mail, and proving that an address is one's own.
import type { UserRow } from '#core/identity/actor.ts'
import { type Faults, noFaults } from '../forms.ts'
import { Action, Field } from '../kit/controls.tsx'
import { Front } from '../kit/front.tsx'
import { Icon } from '../kit/icon.tsx'
import { Notice } from '../kit/pieces.tsx'
import { withNext } from '../kit/ways.tsx'
import type { View } from '../view.ts'
import { emailWayPath, sendVerificationPath, verifyPath } from './paths.ts'

interface EmailWayProps {
  readonly view: View
  readonly next: string
  readonly email?: string
  readonly faults?: Faults
}

export function EmailWayPage({ view, next, email = '', faults = noFaults }: EmailWayProps) {
  const { t, said } = view
  return (
    <Front view={view} title={t.emailWay.title} lead={t.emailWay.lead}>
      {faults[''] && <Notice tone="bad">{said(faults[''])}</Notice>}
      <form method="post" action={emailWayPath} class="front-form" data-busy={t.app.working}>
        <input type="hidden" name="next" value={next} />
        <Field
          name="email"
          label={t.emailWay.label}
          value={email}
          fault={faults.email && said(faults.email)}
          type="email"
          required
          autofocus
          autocomplete="email"
          maxlength={254}
        />
        <button type="submit" class="button primary large">
          <Icon name="mail" />
          <span>{t.emailWay.submit}</span>
        </button>
      </form>
      <p class="front-links">
        <a href={withNext('/login', next)}>{t.front.back}</a>
      </p>
    </Front>
  )
}

/** The same for every address: nobody learns here who has an account. */
export const EmailSentPage = ({ view, next, email }: { readonly view: View; readonly next: string; readonly email: string }) => {
  const { t } = view
  return (
    <Front view={view} title={t.emailWay.sentTitle} lead={t.emailWay.sentLead(email)} mark={<Icon name="mail" />}>
      <a class="button primary large" href={withNext('/login/alternative/code', next)}>
        <Icon name="rectangle-ellipsis" />
        <span>{t.emailWay.typeCode}</span>
      </a>
      <p class="front-small">{t.emailWay.again}</p>
      <p class="front-links">
        <a href={withNext(emailWayPath, next)}>{t.emailWay.another}</a>
      </p>
      <p class="front-links">
        <a href={withNext('/login', next)}>{t.front.back}</a>
      </p>
    </Front>
  )
}

/** The token is spent by POST alone: mail programs look at links before people do. */
export function VerifyPage({ view, token, fault }: { readonly view: View; readonly token: string; readonly fault?: string }) {
  const { t, said } = view
  return (
    <Front
      view={view}
      title={fault ? t.verification.failed : t.verification.title}
      {...(fault ? {} : { lead: t.verification.lead })}
      islands={fault ? [] : ['code']}
      mark={<Icon name="mail" />}
    >
      {fault ? (
        <Notice tone="bad">{said(fault)}</Notice>
      ) : (
        <form method="post" action={verifyPath} class="front-form" data-code data-busy={t.app.working}>
          <input type="hidden" name="token" value={token} />
          <button type="submit" class="button primary large">
            <span>{t.verification.submit}</span>
            <Icon name="arrow-right" />
          </button>
        </form>
      )}
      <p class="front-links">
        <a href="/settings/account">{t.verification.account}</a>
      </p>
    </Front>
  )
}

/** On one's account, while the address is unproven. */
export const VerificationNotice = ({ view, user }: { readonly view: View; readonly user: UserRow }) => (
  <div class="notice warn with-action">
    <Icon name="mail" />
    <div>{view.t.verification.unverified(user.email ?? '')}</div>
    <Action to={sendVerificationPath} class="button small" busy={view.t.app.working}>
      <span>{view.t.verification.send}</span>
    </Action>
  </div>
)
