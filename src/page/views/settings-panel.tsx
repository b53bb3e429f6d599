import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { useAction } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { go } from '../app/routes'
import { sentenceOf } from '../app/sentences'
import { Question } from '../components/dialog'
import { PanelFrame } from '../components/panel-frame'
import { Select } from '../components/select'
import { Invites } from './invites'
import { RoomForm } from './room-form'

const NOTIFY = { all: 'Every message', mentions: 'Only mentions', none: 'Nothing' }
const HOUR_MS = 3_600_000

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

function Preferences({ room, me }: { room: RoomModel; me: NonNullable<RoomModel['me']> }) {
  const chat = useChat()
  const change = (patch: object) =>
    chat.request('PATCH', chat.room(room.id).path('members/@me'), patch).then(
      () => notify('Saved.'),
      (error) => notify(sentenceOf(error), 'bad'),
    )
  const isSnoozed = me.snoozedUntil !== null && Date.parse(me.snoozedUntil) > Date.now()
  return (
    <section class="section" aria-labelledby="for-you">
      <h3 id="for-you">For you</h3>
      <Select
        label="Notify me of"
        value={me.notify}
        options={NOTIFY}
        onChoose={(notify) => change({ notify })}
      />
      <div class="button-row">
        <button
          type="button"
          class="button button-small"
          aria-pressed={me.favourite}
          onClick={() => change({ favourite: !me.favourite })}
        >
          {me.favourite ? 'No favourite any more' : 'Make it a favourite'}
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() =>
            change({
              snoozedUntil: isSnoozed ? null : new Date(Date.now() + 8 * HOUR_MS).toISOString(),
            })
          }
        >
          {isSnoozed ? 'End the snooze' : 'Snooze for eight hours'}
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => change({ archived: !me.archived })}
        >
          {me.archived ? 'Take it out of the archive' : 'Archive it'}
        </button>
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
