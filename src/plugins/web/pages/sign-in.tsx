// The pages on the way in and out: sign-in, one-time code, set-up, passkey, sign-out.
import { type Faults, noFaults } from '../forms.ts'
import { Action, Field } from '../kit/controls.tsx'
import { Front } from '../kit/front.tsx'
import { FrontPerson, type FrontPersonProps } from '../kit/front-person.tsx'
import { Icon } from '../kit/icon.tsx'
import { Notice } from '../kit/pieces.tsx'
import { WayTiles, withNext } from '../kit/ways.tsx'
import type { View } from '../view.ts'
import type { Way } from '../ways.ts'
import { signUpPath } from './paths.ts'

interface PasskeyButtonProps {
  readonly view: View
  /** `confirm` proves once more who is there, and then sends the form around it. */
  readonly kind: 'sign-in' | 'register' | 'confirm'
  /** Where to go when it worked. */
  readonly next?: string
  readonly label: string
  readonly class: string
  readonly autofocus?: boolean
}

/** The ceremony is the island's (islands/passkey.ts); its words come from here. */
export const PasskeyButton = ({ view, kind, next, label, class: look, autofocus }: PasskeyButtonProps) => (
  <div class="passkey" data-passkey={kind} data-next={next} data-words={JSON.stringify(view.t.ceremony)}>
    <button type="button" class={look} autofocus={autofocus}>
      <Icon name={kind === 'register' && look !== 'button primary large' ? 'plus' : 'fingerprint-pattern'} />
      <span>{label}</span>
    </button>
    <div class="notice bad" role="alert" hidden>
      <Icon name="circle-alert" />
      <div data-message />
    </div>
  </div>
)

/** Offers a passkey in the field's own list of suggestions (conditional mediation). Nothing is seen where a browser cannot. */
const PasskeyOffer = ({ view, next }: Pick<PasskeyButtonProps, 'view' | 'next'>) => (
  <div data-passkey-offer data-next={next} data-words={JSON.stringify(view.t.ceremony)}>
    <div class="notice bad" role="alert" hidden>
      <Icon name="circle-alert" />
      <div data-message />
    </div>
  </div>
)

interface LoginProps {
  readonly view: View
  readonly ways: readonly Way[]
  /** Everybody may make an account. */
  readonly signUp: boolean
  readonly next: string
  /** Where an app hears that somebody would rather not, if it was an app that sent them here. */
  readonly decline: string | undefined
}

export const LoginPage = ({ view, ways, signUp, next, decline }: LoginProps) => (
  <Front view={view} title={view.t.login.title} lead={view.t.login.lead(view.appName)} islands={['passkey']}>
    <PasskeyButton view={view} kind="sign-in" next={next} label={view.t.login.passkey} class="button primary large" autofocus />
    <noscript>
      <Notice tone="warn">{view.t.login.noScript}</Notice>
    </noscript>
    {ways.length > 0 && <p class="divider">{view.t.front.otherWays}</p>}
    <WayTiles view={view} ways={ways} next={next} />
    {signUp && (
      <p class="front-links">
        <a href={signUpPath}>{view.t.signUp.link}</a>
      </p>
    )}
    {decline && (
      <Action to={decline} class="button large">
        <span>{view.t.interaction.decline}</span>
      </Action>
    )}
  </Front>
)

interface CodeProps {
  readonly view: View
  readonly next: string
  /** Given by a link, so that nobody has to type it. */
  readonly code?: string
  readonly faults?: Faults
}

/** Where a code is typed, or was given by a link. It is spent by POST alone: whoever looks at a link to preview it spends nothing. */
export function CodePage({ view, next, code, faults = noFaults }: CodeProps) {
  const { t, said } = view
  const byLink = code !== undefined && Object.keys(faults).length === 0
  return (
    <Front
      view={view}
      title={byLink ? t.code.linkTitle : t.code.title}
      lead={byLink ? t.code.linkLead : t.code.lead}
      islands={byLink ? ['code'] : ['passkey']}
    >
      {!byLink && <PasskeyOffer view={view} next={next} />}
      <form
        method="post"
        action="/login/alternative/code"
        class="front-form"
        data-code={byLink || undefined}
        data-busy={t.app.working}
      >
        <input type="hidden" name="next" value={next} />
        {byLink ? (
          <input type="hidden" name="code" value={code} />
        ) : (
          <Field
            name="code"
            label={t.code.label}
            value={code ?? ''}
            fault={faults[''] && said(faults[''])}
            required
            autofocus
            mono
            autocomplete="one-time-code webauthn"
            maxlength={64}
          />
        )}
        <button type="submit" class="button primary large">
          <span>{t.code.submit}</span>
          <Icon name="arrow-right" />
        </button>
      </form>
      <p class="front-links">
        <a href={withNext('/login', next)}>{t.front.back}</a>
      </p>
    </Front>
  )
}

export const AddPasskeyPage = ({ view, name, next }: { readonly view: View; readonly name: string; readonly next: string }) => (
  <Front view={view} title={view.t.addPasskey.title} lead={view.t.addPasskey.lead(name)} islands={['passkey']}>
    <PasskeyButton
      view={view}
      kind="register"
      next={next}
      label={view.t.addPasskey.submit}
      class="button primary large"
      autofocus
    />
    <p class="front-links">
      <a href={next}>{view.t.addPasskey.skip}</a>
    </p>
  </Front>
)

export function SetupPage(props: FrontPersonProps) {
  const { view, faults } = props
  const { t, said } = view
  return (
    <Front view={view} title={t.setup.title} lead={t.setup.lead}>
      {faults[''] && <Notice tone="bad">{said(faults[''])}</Notice>}
      <form method="post" action="/setup" class="front-form" data-busy={t.app.working}>
        <FrontPerson {...props} />
        <button type="submit" class="button primary large">
          <span>{t.setup.submit}</span>
          <Icon name="arrow-right" />
        </button>
      </form>
    </Front>
  )
}

export const LogoutPage = ({ view, name }: { readonly view: View; readonly name: string }) => (
  <Front view={view} title={view.t.logout.title} lead={view.t.logout.lead(name)}>
    <form method="post" action="/logout" class="front-form">
      <button type="submit" class="button primary large" autofocus>
        <Icon name="log-out" />
        <span>{view.t.logout.submit}</span>
      </button>
    </form>
    <p class="front-links">
      <a href="/settings/account">{view.t.logout.stay}</a>
    </p>
  </Front>
)

/**
 * Passes on to another host after a form. A redirect would be stopped: form-action of our policy counts for where a form's
 * redirects lead, too (CSP Level 3 section 6.4.1).
 */
export const AwayPage = ({
  view,
  to,
  lead,
}: {
  readonly view: View
  readonly to: string
  readonly lead?: string | undefined
}) => (
  <Front view={view} title={view.t.away.title} lead={lead ?? `${view.t.away.lead} ${to}`} refresh={to}>
    <p class="front-links">
      <a href={to}>{view.t.away.link}</a>
    </p>
  </Front>
)
