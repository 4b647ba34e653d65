// One group: its names, its members by page, its claims, removal.
import type { DirectoryOrigin } from '#core/directory-ports.ts'
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { GroupRow, UserRow } from '#core/identity/actor.ts'
import type { Faults } from '../forms.ts'
import { type Claim, ClaimsForm } from '../kit/claims-form.tsx'
import { Action, Field } from '../kit/controls.tsx'
import { FaultLine } from '../kit/fault-line.tsx'
import { Icon } from '../kit/icon.tsx'
import { AskForm } from '../kit/inline-forms.tsx'
import { ListSearch, Pages } from '../kit/list.tsx'
import { Lock } from '../kit/lock.tsx'
import { attributesOf, OriginCard } from '../kit/origin-card.tsx'
import { Badge, Card, Empty } from '../kit/pieces.tsx'
import { RemoveCard } from '../kit/remove-card.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { groupsPath } from './groups.tsx'
import { PersonCell, usersPath } from './users.tsx'

export interface GroupNames {
  readonly name: string
  readonly friendlyName: string
}

interface GroupPageProps {
  readonly view: View
  readonly group: GroupRow
  readonly values: GroupNames
  readonly faults: Faults
  readonly locked: ReadonlySet<string>
  readonly owner: string | undefined
  readonly origin: DirectoryOrigin | undefined
  readonly query: ListQuery
  readonly members: Page<UserRow>
  /** The number of members without a search. */
  readonly size: number
  readonly claims: readonly Claim[]
  /** What somebody typed to add a member. */
  readonly login: string
}

export function GroupPage(props: GroupPageProps) {
  const { view, group, faults, owner, locked } = props
  const { t, said } = view
  const base = `${groupsPath}/${group.id}`
  return (
    <Shell
      view={view}
      title={group.friendlyName}
      lead={t.group.membersLead(props.size)}
      above={{ title: t.groups.title, href: groupsPath }}
      state={owner && <Badge icon="folder-sync">{owner}</Badge>}
      fault={faults[''] && said(faults[''])}
    >
      <form method="post" action={base} data-busy={t.app.working}>
        <Card
          title={t.group.profile}
          lead={owner && t.group.lockedLead(owner)}
          footer={
            !locked.has('name') && (
              <button type="submit" class="button primary">
                <span>{t.group.save}</span>
              </button>
            )
          }
        >
          <NameFields {...props} />
        </Card>
      </form>
      {props.origin && <OriginCard view={view} origin={props.origin} names={t.group} />}
      <MembersCard {...props} />
      <Card title={t.group.claims} lead={t.group.claimsLead}>
        <ClaimsForm view={view} action={`${base}/claims`} claims={props.claims} faults={faults} />
      </Card>
      {!owner && (
        <RemoveCard
          view={view}
          action={`${base}/delete`}
          title={t.group.remove}
          lead={t.group.removeLead}
          confirm={t.group.removeConfirm}
          possible
        />
      )}
    </Shell>
  )
}

function NameFields({
  view,
  values,
  faults,
  locked,
  owner,
  origin,
}: Pick<GroupPageProps, 'view' | 'values' | 'faults' | 'locked' | 'owner' | 'origin'>) {
  const { t, said } = view
  const field = (name: keyof GroupNames) => ({
    name,
    label: t.group[name],
    value: values[name],
    fault: faults[name] && said(faults[name]),
    disabled: locked.has(name),
    required: !locked.has(name),
    requiredWord: t.app.required,
    mark: locked.has(name) && <Lock view={view} owner={owner} attribute={attributesOf(origin).get(name)} />,
  })
  return (
    <div class="fields">
      <Field {...field('friendlyName')} />
      <Field {...field('name')} mono hint={t.group.nameHelp} />
    </div>
  )
}

function MembersCard({ view, group, query, members, locked, login, faults }: GroupPageProps) {
  const { t, said } = view
  const open = !locked.has('members')
  const action = `${groupsPath}/${group.id}/members`
  return (
    <Card title={t.group.members} id="members" footer={<Pages view={view} pagination={members.pagination} />}>
      <div class="list-tools inside">
        <ListSearch view={view} query={query} label={t.group.memberSearch} />
        {open && (
          <AskForm
            action={action}
            name="add"
            label={t.group.memberLogin}
            icon="user-plus"
            submit={t.group.memberAdd}
            value={login}
            wrong={faults.add !== undefined}
          />
        )}
      </div>
      <FaultLine fault={faults.add && said(faults.add)} alert />
      {members.data.length === 0 ? (
        <Empty icon="users-round" title={query.search === '' ? t.group.membersNone : t.users.none} />
      ) : (
        <ul class="rows">
          {members.data.map((user) => (
            <li>
              <div class="row-main">
                <PersonCell user={user} href={`${usersPath}/${user.id}`} />
              </div>
              <span class="muted wide-only clip">{user.email}</span>
              {open && (
                <Action to={action} class="icon-button danger" hidden={{ remove: user.id }}>
                  <Icon name="x" />
                  <span class="said">{t.group.memberRemove(user.displayName || user.username)}</span>
                </Action>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

interface NewGroupProps {
  readonly view: View
  readonly values: GroupNames
  readonly faults: Faults
}

export function NewGroupPage({ view, values, faults }: NewGroupProps) {
  const { t, said } = view
  return (
    <Shell
      view={view}
      title={t.group.newTitle}
      lead={t.group.newLead}
      above={{ title: t.groups.title, href: groupsPath }}
      fault={faults[''] && said(faults[''])}
    >
      <form method="post" action={`${groupsPath}/new`} data-busy={t.app.working}>
        <Card
          title={t.group.profile}
          footer={
            <button type="submit" class="button primary">
              <span>{t.group.create}</span>
            </button>
          }
        >
          <NameFields view={view} values={values} faults={faults} locked={new Set()} owner={undefined} origin={undefined} />
        </Card>
      </form>
    </Shell>
  )
}
