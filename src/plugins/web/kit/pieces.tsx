// The small pieces that every page is put together from.
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { ago, day, initials } from './time.ts'

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'bad'

export const Badge = ({
  tone = 'plain',
  icon,
  children,
}: PropsWithChildren<{ readonly tone?: Tone; readonly icon?: string }>) => (
  <span class={`badge ${tone}`}>
    {icon && <Icon name={icon} />}
    {children}
  </span>
)

/** A colour alone says nothing to many people, so the dot stands beside a word. */
export const State = ({ tone, children }: PropsWithChildren<{ readonly tone: Tone }>) => (
  <span class={`badge state ${tone}`}>
    <span class="dot" />
    {children}
  </span>
)

interface AvatarProps {
  readonly name: string
  readonly large?: boolean
  /** Where the picture is; letters stand for somebody without one. */
  readonly picture?: string | undefined
}

export const Avatar = ({ name, large, picture }: AvatarProps) =>
  picture ? (
    <img class={large ? 'avatar large' : 'avatar'} src={picture} alt="" width={32} height={32} loading="lazy" />
  ) : (
    <span class={large ? 'avatar large' : 'avatar'} aria-hidden="true">
      {initials(name)}
    </span>
  )

const noticeIcons: Readonly<Record<Tone, string>> = {
  plain: 'info',
  accent: 'info',
  ok: 'circle-check',
  warn: 'triangle-alert',
  bad: 'circle-alert',
}

/** Said aloud by screen readers when it is bad or new. */
export const Notice = ({ tone, live, children }: PropsWithChildren<{ readonly tone: Tone; readonly live?: boolean }>) => (
  <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : live ? 'status' : undefined}>
    <Icon name={noticeIcons[tone]} />
    <div>{children}</div>
  </div>
)

interface CardProps {
  readonly title: string
  readonly lead?: Child
  /** Beside the title, at the end. */
  readonly aside?: Child
  readonly footer?: Child
  readonly id?: string
}

export const Card = ({ title, lead, aside, footer, id, children }: PropsWithChildren<CardProps>) => (
  <section class="card" id={id} aria-label={title}>
    <header class="card-head">
      <div>
        <h2>{title}</h2>
        {lead && <p class="muted">{lead}</p>}
      </div>
      {aside && <div class="card-aside">{aside}</div>}
    </header>
    <div class="card-body">{children}</div>
    {footer && <footer class="card-foot">{footer}</footer>}
  </section>
)

export const Empty = ({ icon, title, children }: PropsWithChildren<{ readonly icon: string; readonly title: string }>) => (
  <div class="empty">
    <Icon name={icon} />
    <strong>{title}</strong>
    {children && <div class="muted">{children}</div>}
  </div>
)

/** A moment as "12 minutes ago", with the exact one underneath. */
export const Ago = ({ view, at }: { readonly view: View; readonly at: Date }) => (
  <time datetime={at.toISOString()} data-exact>
    {ago(at, view.now, view.language)}
  </time>
)

export const Day = ({ view, at }: { readonly view: View; readonly at: Date }) => (
  <time datetime={at.toISOString()} data-day>
    {day(at, view.language)}
  </time>
)

/** A text to take along, with a button that copies it where there is script. */
export const Copyable = ({ view, text, label }: { readonly view: View; readonly text: string; readonly label: string }) => (
  <div class="copyable">
    <input class="input mono" readonly value={text} aria-label={label} />
    <button type="button" class="button" data-copy={text} data-said={view.t.app.copied} hidden>
      <Icon name="copy" />
      <span>{view.t.app.copy}</span>
    </button>
  </div>
)
