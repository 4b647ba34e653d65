// Below the settings of the mail server: what waits, what went wrong, and a letter to oneself.
import type { MailStanding } from '#core/mail-port.ts'
import type { View } from '../view.ts'
import { Action } from './controls.tsx'
import { Icon } from './icon.tsx'
import { Ago, Card, Notice } from './pieces.tsx'

export interface MailTestProps {
  readonly view: View
  readonly standing: MailStanding
  readonly action: string
  /** Why the test letter did not go out. */
  readonly fault?: string | undefined
}

export function MailTest({ view, standing, action, fault }: MailTestProps) {
  const { t, said, user } = view
  const words = t.mailSettings
  return (
    <Card
      id="mail-test"
      title={words.test}
      lead={user?.email ? words.testLead(user.email) : words.testNobody}
      aside={
        user?.email && (
          <Action to={action} busy={t.app.working}>
            <Icon name="mail" />
            <span>{words.test}</span>
          </Action>
        )
      }
    >
      {fault && <Notice tone="bad">{said(fault)}</Notice>}
      {standing.waiting > 0 && (
        <Notice tone="warn">
          <p>{words.waiting(standing.waiting)}</p>
          {standing.lastFailure && (
            <p>
              {`${words.failed} `}
              <Ago view={view} at={standing.lastFailure.at} />
              {`: ${said(standing.lastFailure.sentence)}`}
            </p>
          )}
        </Notice>
      )}
    </Card>
  )
}
