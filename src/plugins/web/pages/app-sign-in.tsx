// What people are asked when an app wants to sign them in: which account, is it really you, may it know this; and when a device does.
import type { Child } from 'hono/jsx'
import type { AppInteraction, AppRefusal, DeviceRequest, ScopeInfo } from '#core/ports.ts'
import { type Faults, noFaults } from '../forms.ts'
import { AppLogo } from '../kit/app-logo.tsx'
import { Action, Field } from '../kit/controls.tsx'
import { Front } from '../kit/front.tsx'
import { Icon } from '../kit/icon.tsx'
import { Avatar } from '../kit/pieces.tsx'
import type { View } from '../view.ts'
import { PasskeyButton } from './sign-in.tsx'

export const interactionPath = '/interaction'
export const devicePath = '/device'

interface InteractionProps {
  readonly view: View
  readonly interaction: AppInteraction
}

/** Where somebody says no who was sent to `next` by an app; undefined for whoever was not. */
export function declinePath(next: string): string | undefined {
  const { pathname, search } = new URL(next, 'http://here')
  return pathname === interactionPath ? `${interactionPath}/decline${search}` : undefined
}

const withId = (path: string, { id }: AppInteraction) => `${path}?interaction=${encodeURIComponent(id)}`

export function InteractionPage({ view, interaction }: InteractionProps) {
  const t = view.t.interaction
  const { client, currentStep } = interaction
  const name = nameOf(view)
  const frame = { view, title: t.title(client.name), mark: <AppLogo client={client} /> }
  const decline = (
    <Action to={withId(`${interactionPath}/decline`, interaction)} class="button large">
      <span>{t.decline}</span>
    </Action>
  )
  // Somebody is signed in, yet the app asks who is there: it wants an account other than this one.
  if (currentStep === 'select_account' || currentStep === 'authenticate')
    return (
      <Front {...frame} lead={currentStep === 'authenticate' ? t.otherLead(client.name, name) : t.selectLead}>
        {currentStep === 'select_account' && (
          <StepForm interaction={interaction} autofocus label={t.continueAs(name)} lead={<Avatar name={name} />} />
        )}
        <Action to={withId(`${interactionPath}/switch`, interaction)} class="button large">
          <Icon name="user-plus" />
          <span>{t.other}</span>
        </Action>
        {decline}
      </Front>
    )
  if (currentStep === 'reauthenticate')
    return (
      <Front {...frame} lead={t.confirmLead(client.name)} islands={['passkey']}>
        <form method="post" action={withId(interactionPath, interaction)}>
          <input type="hidden" name="step" value="reauthenticate" />
          <PasskeyButton view={view} kind="confirm" label={t.confirm} class="button primary large" autofocus />
        </form>
        <Action to={withId(`${interactionPath}/switch`, interaction)} class="button large">
          <span>{t.signInAgain}</span>
        </Action>
        {decline}
      </Front>
    )
  return (
    <Front {...frame} lead={t.consentLead(client.name)}>
      <Scopes view={view} scopes={interaction.scopes} info={interaction.scopeInfo} />
      <div class="pair">
        {decline}
        <StepForm interaction={interaction} label={t.allow} autofocus />
      </div>
      <p class="front-small">{t.as(name)}</p>
    </Front>
  )
}

interface StepFormProps {
  readonly interaction: AppInteraction
  readonly label: string
  readonly lead?: Child
  readonly autofocus?: boolean
}

const StepForm = ({ interaction, label, lead, autofocus }: StepFormProps) => (
  <form method="post" action={withId(interactionPath, interaction)} class="action">
    <input type="hidden" name="step" value={interaction.currentStep} />
    <input type="hidden" name="agreement" value={interaction.agreement} />
    <button type="submit" class="button primary large" autofocus={autofocus}>
      {lead}
      <span>{label}</span>
    </button>
  </form>
)

const nameOf = ({ user }: View): string => user?.displayName || user?.username || ''

const scopeIcons: Readonly<Record<string, string>> = {
  openid: 'circle-user',
  profile: 'user-round',
  email: 'mail',
  groups: 'boxes',
  offline_access: 'refresh-cw',
}

interface ScopesProps {
  readonly view: View
  readonly scopes: readonly string[]
  readonly info: readonly ScopeInfo[]
}

const Scopes = ({ view, scopes, info }: ScopesProps) => {
  const words = (scope: string): readonly [string, string] => {
    const given = info.find(({ key }) => key === scope)
    return view.t.interaction.scopes[scope] ?? [given?.name || scope, given?.description ?? '']
  }
  return (
    <ul class="scopes">
      {scopes.map((scope) => {
        const [name, about] = words(scope)
        return (
          <li>
            <span class="row-icon">
              <Icon name={scopeIcons[scope] ?? 'key-round'} />
            </span>
            <div>
              <strong>{name}</strong>
              <p class="muted">{about}</p>
            </div>
          </li>
        )
      })}
    </ul>
  )
}

interface RefusedProps {
  readonly view: View
  readonly refusal: AppRefusal
  /** The app's settings, for administrators. */
  readonly settings: string | undefined
}

/** Says a stranger that it cannot go on, and an administrator why. */
export function RefusedPage({ view, refusal, settings }: RefusedProps) {
  const t = view.t.interaction
  return (
    <Front view={view} title={t.refusedTitle} lead={view.said(refusal.message)}>
      {refusal.details.length > 0 && (
        <div class="front-details">
          <p class="muted">{t.adminOnly}</p>
          <dl>
            {refusal.details.map(({ label, values }) => (
              <>
                <dt>{view.said(label)}</dt>
                {values.map((value) => (
                  <dd class="mono">{value}</dd>
                ))}
              </>
            ))}
          </dl>
          {settings && (
            <a class="button" href={settings}>
              {t.openClient}
            </a>
          )}
        </div>
      )}
      <p class="front-links">
        <a href="/">{view.t.error.home}</a>
      </p>
      <p class="front-small">
        <code>{refusal.code}</code>
      </p>
    </Front>
  )
}

interface DeviceCodeProps {
  readonly view: View
  readonly code?: string
  readonly faults?: Faults
}

export const DeviceCodePage = ({ view, code = '', faults = noFaults }: DeviceCodeProps) => (
  <Front view={view} title={view.t.device.title} lead={view.t.device.lead}>
    <form action={devicePath} class="front-form">
      <Field
        name="code"
        label={view.t.device.label}
        value={code}
        fault={faults[''] && view.said(faults[''])}
        required
        autofocus
        mono
        autocomplete="off"
        maxlength={64}
      />
      <button type="submit" class="button primary large">
        <span>{view.t.device.submit}</span>
        <Icon name="arrow-right" />
      </button>
    </form>
  </Front>
)

interface DevicePageProps {
  readonly view: View
  readonly code: string
  readonly request: DeviceRequest
}

export function DevicePage({ view, code, request }: DevicePageProps) {
  const t = view.t.device
  const { client } = request
  return (
    <Front
      view={view}
      title={t.title}
      lead={t.confirmLead(client.name)}
      mark={<AppLogo client={client} />}
      islands={request.reauthenticationRequired ? ['passkey'] : []}
    >
      <Scopes view={view} scopes={request.scope} info={request.scopeInfo} />
      <div class="pair">
        <Action to={devicePath} class="button large" hidden={{ code, decision: 'decline' }}>
          <span>{t.decline}</span>
        </Action>
        <form method="post" action={devicePath} class="action">
          <input type="hidden" name="code" value={code} />
          <input type="hidden" name="decision" value="approve" />
          {request.reauthenticationRequired ? (
            <PasskeyButton view={view} kind="confirm" label={t.allow} class="button primary large" />
          ) : (
            <button type="submit" class="button primary large">
              <span>{t.allow}</span>
            </button>
          )}
        </form>
      </div>
      <p class="front-small">{view.t.interaction.as(nameOf(view))}</p>
    </Front>
  )
}

export const DeviceDonePage = ({ view, approved }: { readonly view: View; readonly approved: boolean }) => (
  <Front
    view={view}
    title={approved ? view.t.device.doneTitle : view.t.device.declinedTitle}
    lead={approved ? view.t.device.doneLead : view.t.device.declinedLead}
  />
)
