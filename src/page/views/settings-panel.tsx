import { useState } from 'preact/hooks'
import type { RoomMe } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { dateOf, inHours, tomorrowMorning } from '../app/dates'
import { isSnoozed, prefer, snooze, toggleArchived, toggleFavourite } from '../app/preferences'
import { useAction } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { go } from '../app/routes'
import { Question } from '../components/dialog'
import { Field } from '../components/field'
import { PanelFrame } from '../components/panel-frame'
import { Invites } from './invites'
import { RoomForm } from './room-form'

const NOTIFY = [
  ['all', 'Every message'],
  ['mentions', 'Only mentions'],
  ['none', 'Nothing'],
] as const
const SNOOZES = [
  ['For an hour', () => inHours(1)],
  ['Until tomorrow at 8', tomorrowMorning],
  ['For a week', () => inHours(7 * 24)],
] as const

/** What one chose for oneself in the room, and what those who run it chose for all. */
export function SettingsPanel({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const may = new Set<string>(room.me?.capabilities)
  const isDirect = room.room?.kind === 'direct'
  return (
    <PanelFrame title="Settings" onClose={onClose}>
      <div class="panel-body">
        {room.me && <Preferences room={room} me={room.me} />}
        {may.has('room.edit') && !isDirect && room.room && (
          <RoomForm
            key={room.id}
            roomId={room.id}
            room={room.room}
            mayFreeze={may.has('room.freeze')}
          />
        )}
        {may.has('invite.create') && !isDirect && <Invites roomId={room.id} />}
        {room.me && !isDirect && <Leaving room={room} mayDelete={may.has('room.delete')} />}
      </div>
    </PanelFrame>
  )
}

function Preferences({ room: { id }, me }: { room: RoomModel; me: NonNullable<RoomModel['me']> }) {
  const until = isSnoozed(me) ? me.snoozedUntil : null
  return (
    <section class="section" aria-labelledby="for-you">
      <h3 id="for-you">For you</h3>
      <Field
        label="Notify me of"
        value={me.notify}
        options={NOTIFY}
        onChange={({ currentTarget }) =>
          prefer(id, { notify: currentTarget.value as RoomMe['notify'] }, 'Saved.')
        }
      />
      <fieldset class="button-row">
        <legend>Snooze{until && ` (until ${dateOf(until)})`}</legend>
        {until ? (
          <button type="button" class="button button-small" onClick={() => snooze(id, null)}>
            End it
          </button>
        ) : (
          SNOOZES.map(([label, end]) => (
            <button
              key={label}
              type="button"
              class="button button-small"
              onClick={() => snooze(id, end())}
            >
              {label}
            </button>
          ))
        )}
      </fieldset>
      <div class="checks">
        <label class="check">
          <input type="checkbox" checked={me.favourite} onChange={() => toggleFavourite(id, me)} />
          Favourite
        </label>
        <label class="check">
          <input type="checkbox" checked={me.archived} onChange={() => toggleArchived(id, me)} />
          Archived, until somebody writes here
        </label>
      </div>
    </section>
  )
}

function Leaving({ room, mayDelete }: { room: RoomModel; mayDelete: boolean }) {
  const chat = useChat()
  const [asked, setAsked] = useState<'leave' | 'delete' | null>(null)
  const path = `/v1/rooms/${encodeURIComponent(room.id)}`
  const { run, isBusy, problem } = useAction(async () => {
    await chat.request('DELETE', asked === 'leave' ? `${path}/members/@me` : path)
    go('#/')
  })
  return (
    <section class="section" aria-label="Leaving">
      <div class="button-row">
        <button
          type="button"
          class="button button-quiet button-small danger-text"
          onClick={() => setAsked('leave')}
        >
          Leave the room
        </button>
        {mayDelete && (
          <button
            type="button"
            class="button button-quiet button-small danger-text"
            onClick={() => setAsked('delete')}
          >
            Delete the room
          </button>
        )}
      </div>
      {asked && (
        <Question
          title={asked === 'leave' ? 'Leave the room?' : 'Delete the room?'}
          text={
            asked === 'leave'
              ? 'What you wrote stays.'
              : 'Everything in it goes, for everyone. This cannot be undone.'
          }
          action={asked === 'leave' ? 'Leave' : 'Delete'}
          isBusy={isBusy}
          problem={problem}
          onClose={() => setAsked(null)}
          onConfirm={() => run()}
        />
      )}
    </section>
  )
}
