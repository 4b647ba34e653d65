// Groups as tokens, each with a way out, and a choice of one more.
import { Action } from './controls.tsx'
import { Icon } from './icon.tsx'
import { PickForm } from './inline-forms.tsx'

interface Named {
  readonly id: string
  readonly friendlyName: string
}

interface GroupPickerProps {
  /** Takes `add` and `remove`, each with a group's id. */
  readonly action: string
  /** `open` is false where a directory decides. */
  readonly groups: readonly (Named & { readonly open: boolean })[]
  readonly more: readonly Named[]
  readonly words: {
    readonly none: string
    readonly choose: string
    readonly add: string
    remove(name: string): string
  }
}

export const GroupPicker = ({ action, groups, more, words }: GroupPickerProps) => (
  <>
    {groups.length === 0 && <p class="muted">{words.none}</p>}
    <ul class="tokens">
      {groups.map(({ id, friendlyName, open }) => (
        <li class="token">
          {!open && <Icon name="folder-sync" />}
          <a href={`/settings/admin/user-groups/${id}`}>{friendlyName}</a>
          {open && (
            <Action to={action} class="token-button" hidden={{ remove: id }}>
              <Icon name="x" />
              <span class="said">{words.remove(friendlyName)}</span>
            </Action>
          )}
        </li>
      ))}
    </ul>
    {more.length > 0 && (
      <PickForm
        action={action}
        name="add"
        label={words.choose}
        icon="plus"
        submit={words.add}
        options={more.map(({ id, friendlyName }) => [id, friendlyName] as const)}
      />
    )}
  </>
)
