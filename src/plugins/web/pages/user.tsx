// One person: profile, claims, groups, passkeys, a one-time link, removal.
import type { DirectoryOrigin } from '#core/directory-ports.ts'
import type { GroupRow, UserRow } from '#core/identity/actor.ts'
import type { Passkey } from '#core/ports.ts'
import type { Faults } from '../forms.ts'
import { type Claim, ClaimsForm } from '../kit/claims-form.tsx'
import { GroupPicker } from '../kit/group-picker.tsx'
import { Icon } from '../kit/icon.tsx'
import { attributesOf, OriginCard } from '../kit/origin-card.tsx'
import { PasskeyList } from '../kit/passkey-list.tsx'
import { PersonFields } from '../kit/person-fields.tsx'
import { PersonForm } from '../kit/person-form.tsx'
import { PictureCard } from '../kit/picture-card.tsx'
import { Card, Copyable, Empty, State } from '../kit/pieces.tsx'
import { Qr } from '../kit/qr.tsx'
import { RemoveCard } from '../kit/remove-card.tsx'
import { Shell } from '../kit/shell.tsx'
import type { PersonValues } from '../person.ts'
import type { ShownPicture } from '../person-pictures.ts'
import type { View } from '../view.ts'
import { usersPath } from './users.tsx'

export interface UserPageProps {
  readonly view: View
  readonly user: UserRow
  readonly values: PersonValues
  readonly faults: Faults
  readonly locked: ReadonlySet<string>
  readonly owner: string | undefined
  readonly origin: DirectoryOrigin | undefined
  readonly emailRequired: boolean
  /** Whether the owner lets the account be removed now. */
  readonly removable: boolean
  readonly groups: readonly { readonly group: GroupRow; readonly open: boolean }[]
  /** Groups that may be added: made here, and not yet joined. */
  readonly joinable: readonly GroupRow[]
  readonly claims: readonly Claim[]
  readonly passkeys: readonly Passkey[] | undefined
  readonly picture: ShownPicture | undefined
  readonly links: boolean
  /** The address that a link can be sent to. */
  readonly mailTo: string | undefined
  /** A link that was just made. */
  readonly link?: string | undefined
}

export function UserPage(props: UserPageProps) {
  const { view, user, values, faults, owner } = props
  const { t, said } = view
  const base = `${usersPath}/${user.id}`
  const name = user.displayName || user.username
  const disabled = user.disabled || user.sourceDisabled
  return (
    <Shell
      view={view}
      title={name}
      lead={user.username}
      above={{ title: t.users.title, href: usersPath }}
      state={<State tone={disabled ? 'warn' : 'ok'}>{disabled ? t.users.disabled : t.users.enabled}</State>}
      fault={faults[''] && said(faults[''])}
    >
      <PersonForm
        view={view}
        action={base}
        title={t.user.profile}
        lead={owner && t.user.lockedLead(owner)}
        owner={owner}
        name={name}
        known={values.text.email || user.username}
        picture={props.picture?.href}
      >
        <PersonFields {...props} attributes={attributesOf(props.origin)} admin />
      </PersonForm>
      {props.origin && <OriginCard view={view} origin={props.origin} names={t.person} />}
      <PictureCard view={view} name={name} picture={props.picture} action={`${base}/picture`} fault={faults.file} />
      <div class="columns">
        {props.links && <LinkCard {...props} />}
        <GroupsCard {...props} />
      </div>
      {props.passkeys && (
        <Card title={t.passkeys.title} lead={t.passkeys.ofUser}>
          {props.passkeys.length === 0 ? (
            <Empty icon="key-round" title={t.passkeys.none}>
              <p>{t.passkeys.ofUserNone}</p>
            </Empty>
          ) : (
            <PasskeyList view={view} passkeys={props.passkeys} base={`${base}/passkeys`} />
          )}
        </Card>
      )}
      <Card title={t.user.claims} lead={t.user.claimsLead}>
        <ClaimsForm view={view} action={`${base}/claims`} claims={props.claims} faults={faults} />
      </Card>
      <RemoveCard
        view={view}
        action={`${base}/delete`}
        title={t.user.remove}
        lead={props.removable ? t.user.removeLead : t.user.removeSynced}
        confirm={t.user.removeConfirm}
        possible={props.removable}
      />
    </Shell>
  )
}

function LinkCard({ view, user, link, mailTo }: UserPageProps) {
  const { t } = view
  return (
    <Card id="link" title={t.user.access} lead={t.user.accessLead}>
      {link ? (
        <div class="made with-qr" role="status">
          <Qr text={link} label={t.deviceLogin.qrOfLink} />
          <div class="made">
            <Copyable view={view} text={link} label={t.user.access} />
            <p class="muted">{t.user.accessReady}</p>
          </div>
        </div>
      ) : (
        <form method="post" action={`${usersPath}/${user.id}/link#link`} class="inline-form" data-busy={t.app.working}>
          <div class="select">
            <select class="input" name="lifetime" aria-label={t.user.accessLifetime}>
              {Object.entries(t.user.lifetimes).map(([seconds, label]) => (
                <option value={seconds} selected={seconds === '3600'}>
                  {label}
                </option>
              ))}
            </select>
            <Icon name="chevron-down" />
          </div>
          <button type="submit" class="button">
            <Icon name="link" />
            <span>{t.user.accessMake}</span>
          </button>
          {mailTo && (
            <button
              type="submit"
              class="button"
              formaction={`${usersPath}/${user.id}/link-email`}
              title={t.linkByMail.hint(mailTo)}
            >
              <Icon name="mail" />
              <span>{t.linkByMail.send}</span>
            </button>
          )}
        </form>
      )}
    </Card>
  )
}

function GroupsCard({ view, user, groups, joinable }: UserPageProps) {
  const { t } = view
  return (
    <Card title={t.user.groups} lead={t.user.groupsLead}>
      <GroupPicker
        action={`${usersPath}/${user.id}/groups`}
        groups={groups.map(({ group, open }) => ({ ...group, open }))}
        more={joinable}
        words={{ none: t.user.groupsNone, choose: t.user.groupChoose, add: t.user.groupAdd, remove: t.user.groupLeave }}
      />
    </Card>
  )
}

interface NewUserProps {
  readonly view: View
  readonly values: PersonValues
  readonly faults: Faults
  readonly emailRequired: boolean
}

export function NewUserPage(props: NewUserProps) {
  const { view, faults } = props
  const { t, said } = view
  return (
    <Shell
      view={view}
      title={t.user.newTitle}
      lead={t.user.newLead}
      above={{ title: t.users.title, href: usersPath }}
      fault={faults[''] && said(faults[''])}
    >
      <form method="post" action={`${usersPath}/new`} data-busy={t.app.working}>
        <Card
          title={t.user.profile}
          footer={
            <button type="submit" class="button primary">
              <span>{t.user.create}</span>
            </button>
          }
        >
          <PersonFields {...props} locked={nothing} owner={undefined} admin />
        </Card>
      </form>
    </Shell>
  )
}

const nothing: ReadonlySet<string> = new Set()
