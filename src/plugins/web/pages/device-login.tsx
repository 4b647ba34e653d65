// Signing in by means of another device: the page that waits, and the page on which somebody looks and decides.
import type { DeviceLogin } from '#core/device-login-port.ts'
import { placeText } from '#core/places-port.ts'
import { Action } from '../kit/controls.tsx'
import { deviceIn } from '../kit/device.ts'
import { Front } from '../kit/front.tsx'
import { Icon } from '../kit/icon.tsx'
import { Ago, Badge, Notice } from '../kit/pieces.tsx'
import { Qr } from '../kit/qr.tsx'
import { WayList, withNext } from '../kit/ways.tsx'
import type { View } from '../view.ts'
import type { Way } from '../ways.ts'
import { devicePath } from './app-sign-in.tsx'
import { PasskeyButton } from './sign-in.tsx'

export const waysPath = '/login/alternative'
export const waitingPath = '/login/alternative/device'

interface WaysPageProps {
  readonly view: View
  readonly ways: readonly Way[]
  readonly next: string
}

export const WaysPage = ({ view, ways, next }: WaysPageProps) => (
  <Front view={view} title={view.t.ways.title} lead={view.t.ways.lead}>
    <WayList view={view} ways={ways} next={next} />
    <p class="front-links">
      <a href={withNext('/login', next)}>{view.t.front.back}</a>
    </p>
  </Front>
)

/** PABC-D234: two parts are read and typed more easily than one. */
const inParts = (userCode: string): string => `${userCode.slice(0, 4)}-${userCode.slice(4)}`

interface WaitingProps {
  readonly view: View
  readonly next: string
  readonly userCode: string
  readonly expiresAt: Date
}

/** Without script the page looks again by itself; the island waits for the very moment. */
const lookAgainSeconds = 5

export function WaitingPage({ view, next, userCode, expiresAt }: WaitingProps) {
  const t = view.t.deviceLogin
  const address = `${view.appUrl}${devicePath}`
  return (
    <Front view={view} title={t.title} lead={t.lead} islands={['device']} lookAgainSeconds={lookAgainSeconds}>
      <div class="device-code">
        <Qr text={`${address}?code=${userCode}`} label={t.qr} />
        <p class="divider">{t.or}</p>
        <output class="code">{inParts(userCode)}</output>
        <p class="front-small">{t.address(address.replace(/^https?:\/\//, ''))}</p>
      </div>
      <div class="waiting" data-device-wait={waitingPath}>
        <span class="dot" />
        <p role="status">{t.waiting}</p>
        <span
          class="muted"
          role="timer"
          data-seconds={Math.round((expiresAt.getTime() - view.now.getTime()) / 1000)}
          data-left={t.left}
        />
      </div>
      <noscript>
        <p class="front-small">{t.noScript}</p>
      </noscript>
      <p class="front-links">
        <a href={withNext(waysPath, next)}>{view.t.ways.title}</a>
      </p>
    </Front>
  )
}

interface EndedProps {
  readonly view: View
  readonly next: string
  readonly how: 'expired' | 'denied'
}

export function EndedPage({ view, next, how }: EndedProps) {
  const t = view.t.deviceLogin
  return (
    <Front
      view={view}
      title={how === 'denied' ? t.deniedTitle : t.expiredTitle}
      lead={how === 'denied' ? t.deniedLead : t.expiredLead}
      mark={<Icon name={how === 'denied' ? 'ban' : 'hourglass'} />}
    >
      <a class="button primary large" href={withNext(waitingPath, next)}>
        <Icon name="refresh-cw" />
        <span>{t.again}</span>
      </a>
      <p class="front-links">
        <a href={withNext('/login', next)}>{view.t.front.back}</a>
      </p>
    </Front>
  )
}

interface AskProps {
  readonly view: View
  readonly request: DeviceLogin
  /** Whether the device is where this person is; undefined where one of them cannot be told. */
  readonly isNear: boolean | undefined
  readonly needsProof: boolean
  readonly fault?: string
}

/** Whoever was talked into this shall stumble here: what asks, from where, and that nobody else ever needs it. */
export function AskPage({ view, request, isNear, needsProof, fault }: AskProps) {
  const t = view.t.deviceLogin
  const name = view.user?.displayName || view.user?.username || ''
  const code = { kind: 'sign-in', code: request.userCode }
  return (
    <Front
      view={view}
      title={t.askTitle}
      lead={t.askLead(name)}
      mark={<Icon name="monitor-smartphone" />}
      islands={needsProof ? ['passkey'] : []}
    >
      {fault && <Notice tone="bad">{fault}</Notice>}
      <Facts view={view} request={request} isNear={isNear} />
      <Notice tone={isNear === false ? 'bad' : 'warn'}>{isNear === false ? t.warningOther : t.warning}</Notice>
      <div class="pair">
        <Action to={devicePath} class="button large" hidden={{ ...code, decision: 'deny' }}>
          <span>{t.deny}</span>
        </Action>
        <form method="post" action={devicePath} class="action">
          {Object.entries({ ...code, decision: 'approve' }).map(([key, value]) => (
            <input type="hidden" name={key} value={value} />
          ))}
          {needsProof ? (
            <PasskeyButton view={view} kind="confirm" label={t.approve} class="button primary large" />
          ) : (
            <button type="submit" class="button primary large">
              <span>{t.approve}</span>
            </button>
          )}
        </form>
      </div>
    </Front>
  )
}

function Facts({ view, request, isNear }: Pick<AskProps, 'view' | 'request' | 'isNear'>) {
  const t = view.t.deviceLogin
  return (
    <dl class="asked">
      <dt>{t.code}</dt>
      <dd class="code">{inParts(request.userCode)}</dd>
      <dt>{t.device}</dt>
      <dd>{deviceIn(view, request.device) || t.unknown}</dd>
      <dt>{t.from}</dt>
      <dd>
        {[placeText(request), request.ipAddress].filter(Boolean).join(' · ') || t.noAddress}
        {isNear !== undefined && (
          <Badge tone={isNear ? 'ok' : 'bad'} icon={isNear ? 'network' : 'globe'}>
            {isNear ? t.sameNetwork : t.otherNetwork}
          </Badge>
        )}
      </dd>
      <dt>{t.since}</dt>
      <dd>
        <Ago view={view} at={request.createdAt} />
      </dd>
    </dl>
  )
}

export function DecidedPage({ view, approved }: { readonly view: View; readonly approved: boolean }) {
  const t = view.t.deviceLogin
  return (
    <Front
      view={view}
      title={approved ? t.doneTitle : t.turnedAwayTitle}
      lead={approved ? t.doneLead : t.turnedAwayLead}
      mark={<Icon name={approved ? 'circle-check' : 'ban'} />}
    >
      <p class="front-links">
        <a href="/settings/account">{t.account}</a>
      </p>
    </Front>
  )
}
