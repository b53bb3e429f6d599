import { useState } from 'preact/hooks'
import type { Me, User } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { dateOf } from '../app/dates'
import { nameOf } from '../app/names'
import { useListing } from '../app/requests'
import { sentenceOf } from '../app/sentences'
import { Select } from '../components/select'
import { PersonRow } from './person-row'

const MESSAGES = {
  everyone: 'Everyone',
  connections: 'Friends, and those you follow who follow you',
  friends: 'Friends',
  mutuals: 'Those you follow who follow you',
  nobody: 'Nobody',
}
const ADDS = {
  everyone: 'Everyone',
  connections: 'Friends, and those you follow who follow you',
  nobody: 'Nobody',
}
const HOUR_MS = 3_600_000

/** Who may reach one, and when. */
export function Privacy({ me }: { me: Me }) {
  const chat = useChat()
  const change = (patch: object) =>
    chat.request<Me>('PATCH', '/v1/me', patch).then(
      (next) => {
        chat.setMe(next)
        notify('Saved.')
      },
      (error) => notify(sentenceOf(error), 'bad'),
    )
  const pause = (hours: string) =>
    change({
      doNotDisturbUntil: hours
        ? new Date(Date.now() + Number(hours) * HOUR_MS).toISOString()
        : null,
    })
  const isPaused = me.doNotDisturbUntil !== null && Date.parse(me.doNotDisturbUntil) > Date.now()
  return (
    <section class="section" aria-labelledby="privacy">
      <h2 id="privacy">Who reaches you</h2>
      <Select
        label="Who may write to you"
        value={me.messagePolicy}
        options={MESSAGES}
        onChoose={(messagePolicy) => change({ messagePolicy })}
      />
      <Select
        label="Who may add you to rooms"
        value={me.addPolicy}
        options={ADDS}
        onChoose={(addPolicy) => change({ addPolicy })}
      />
      <Select
        label="Who sees when you were last here"
        value={me.lastSeenPolicy}
        options={ADDS}
        onChoose={(lastSeenPolicy) => change({ lastSeenPolicy })}
      />
      <Select<string>
        label="Do not disturb"
        value={isPaused ? 'now' : ''}
        options={{
          '': 'Off',
          ...(isPaused && me.doNotDisturbUntil
            ? { now: `Until ${dateOf(me.doNotDisturbUntil)}` }
            : {}),
          1: 'For an hour',
          8: 'For eight hours',
          24: 'For a day',
        }}
        onChoose={pause}
      />
      <Blocked />
    </section>
  )
}

function Blocked() {
  const [isOpen, setOpen] = useState(false)
  const { items, isLoading, reload } = useListing<User>(isOpen ? '/v1/me/blocks' : null)
  return (
    <details
      class="more"
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>People you block</summary>
      {isOpen && !isLoading && items.length === 0 && <p class="field-hint">Nobody.</p>}
      <ul class="people" aria-label="Blocked">
        {items.map((user) => (
          <PersonRow key={user.id} user={user} onChange={reload} />
        ))}
      </ul>
      {items.length > 0 && (
        <p class="field-hint">{nameOf(items[0] as User)} and others here cannot write to you.</p>
      )}
    </details>
  )
}
