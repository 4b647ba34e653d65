// A person's profile as a form: who it is, and the fields.
import type { PropsWithChildren } from 'hono/jsx'
import type { View } from '../view.ts'
import { Avatar, Badge, Card } from './pieces.tsx'

interface PersonFormProps {
  readonly view: View
  readonly action: string
  readonly title: string
  readonly lead: string | undefined
  /** The directory that the account comes from. */
  readonly owner: string | undefined
  readonly name: string
  /** Below the name: an address, or else the user name. */
  readonly known: string
  readonly picture: string | undefined
}

export const PersonForm = ({
  view,
  action,
  title,
  lead,
  owner,
  name,
  known,
  picture,
  children,
}: PropsWithChildren<PersonFormProps>) => (
  <form method="post" action={action} data-busy={view.t.app.working}>
    <Card
      title={title}
      lead={lead}
      aside={owner && <Badge icon="folder-sync">{owner}</Badge>}
      footer={
        <button type="submit" class="button primary">
          <span>{view.t.person.save}</span>
        </button>
      }
    >
      <div class="person-head">
        <Avatar name={name} picture={picture} large />
        <div>
          <strong>{name}</strong>
          <p class="muted">{known}</p>
        </div>
      </div>
      {children}
    </Card>
  </form>
)
