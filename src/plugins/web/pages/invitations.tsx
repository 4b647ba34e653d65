// Invitations: making one, and what is left of each.
import type { Page } from '#core/http/listing.ts'
import type { GroupRow } from '#core/identity/actor.ts'
import type { SignUpMode, SignUpToken } from '#core/sign-up-port.ts'
import type { Faults } from '../forms.ts'
import { Action, Choice, Field } from '../kit/controls.tsx'
import { GroupChoices } from '../kit/group-choices.tsx'
import { Icon } from '../kit/icon.tsx'
import { Pages } from '../kit/list.tsx'
import { Badge, Card, Copyable, Day, Empty, Notice } from '../kit/pieces.tsx'
import { Qr } from '../kit/qr.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { configurationPath } from './configuration.tsx'
import { invitationsPath } from './paths.ts'
import { usersPath } from './users.tsx'

interface InvitationsProps {
  readonly view: View
  readonly mode: SignUpMode
  readonly tokens: Page<SignUpToken>
  readonly groups: readonly GroupRow[]
  /** One that was just made. */
  readonly made?: SignUpToken | undefined
  readonly typed: { readonly usageLimit: string; readonly lifetime: string; readonly groupIds: readonly string[] }
  readonly faults: Faults
}

const linkOf = ({ appUrl }: View, { token }: SignUpToken): string => `${appUrl}/st/${token}`

export function InvitationsPage({ view, mode, tokens, groups, made, typed, faults }: InvitationsProps) {
  const { t, said } = view
  const words = t.invitations
  const fault = (name: string) => faults[name] && said(faults[name])
  const lifetimes = Object.entries(words.lifetimes)
  return (
    <Shell view={view} title={words.title} lead={words.lead} above={{ title: t.users.title, href: usersPath }} fault={fault('')}>
      {mode === 'disabled' && (
        <Notice tone="warn">
          {words.disabled} <a href={`${configurationPath}#signup`}>{words.configuration}</a>
        </Notice>
      )}
      {mode === 'open' && <Notice tone="accent">{words.openMode}</Notice>}
      {made && (
        <Card id="made" title={words.readyTitle} lead={words.ready}>
          <LinkOf view={view} token={made} />
        </Card>
      )}
      <form method="post" action={invitationsPath} data-busy={t.app.working}>
        <Card
          title={words.make}
          lead={words.makeLead}
          footer={
            <button type="submit" class="button primary">
              <Icon name="ticket" />
              <span>{words.make}</span>
            </button>
          }
        >
          <div class="fields">
            <Field
              name="usageLimit"
              label={words.uses}
              hint={words.usesHelp}
              value={typed.usageLimit}
              fault={fault('usageLimit')}
              type="number"
              required
              requiredWord={t.app.required}
            />
            <Choice name="lifetime" label={words.lifetime} value={typed.lifetime} fault={fault('ttl')} options={lifetimes} />
            <GroupChoices
              name="groupIds"
              label={words.groups}
              none={words.groupsNone}
              groups={groups}
              chosen={typed.groupIds}
              fault={fault('userGroupIds')}
            />
          </div>
        </Card>
      </form>
      <section class="card" aria-label={words.title}>
        {tokens.data.length === 0 ? (
          <Empty icon="ticket" title={words.none}>
            <p>{words.noneLead}</p>
          </Empty>
        ) : (
          <div class="card-body">
            <ul class="rows">
              {tokens.data.map((token) => (
                <Row view={view} token={token} />
              ))}
            </ul>
          </div>
        )}
        <footer class="card-foot">
          <Pages view={view} pagination={tokens.pagination} />
        </footer>
      </section>
    </Shell>
  )
}

const LinkOf = ({ view, token }: { readonly view: View; readonly token: SignUpToken }) => (
  <div class="made">
    <Copyable view={view} text={linkOf(view, token)} label={view.t.invitations.linkLabel} />
    <Qr text={linkOf(view, token)} label={view.t.invitations.qr} />
  </div>
)

function Row({ view, token }: { readonly view: View; readonly token: SignUpToken }) {
  const words = view.t.invitations
  const left = token.usageLimit - token.usageCount
  const isOver = token.expiresAt <= view.now
  return (
    <li>
      <span class="row-icon">
        <Icon name="ticket" />
      </span>
      <div class="row-main">
        <strong>{words.used(token.usageCount, token.usageLimit)}</strong>{' '}
        <Badge tone={isOver || left === 0 ? 'warn' : 'ok'}>
          {isOver ? words.over : left === 0 ? words.full : words.left(left)}
        </Badge>
        <p class="muted">
          {`${words.ends} `}
          <Day view={view} at={token.expiresAt} />
          {token.groups.map((group) => (
            <>
              {' '}
              <Badge icon="boxes">{group.friendlyName}</Badge>
            </>
          ))}
        </p>
        {!isOver && left > 0 && (
          <details class="more">
            <summary>{words.show}</summary>
            <LinkOf view={view} token={token} />
          </details>
        )}
      </div>
      <Action to={`${invitationsPath}/${token.id}/delete`} class="icon-button danger">
        <Icon name="trash-2" />
        <span class="said">{words.remove}</span>
      </Action>
    </li>
  )
}
