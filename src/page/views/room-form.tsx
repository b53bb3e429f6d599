import type { SharedRoom } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { useAction } from '../app/requests'
import { Field, FormProblem } from '../components/field'

interface FormProps {
  roomId: string
  room: SharedRoom
  mayFreeze: boolean
}

/** What a room is for all. */
export function RoomForm({ roomId, room, mayFreeze }: FormProps) {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const isOn = (name: string) => form.get(name) !== null
    await chat.request('PATCH', `/v1/rooms/${encodeURIComponent(roomId)}`, {
      name: text('name') || null,
      topic: text('topic') || null,
      slowModeSeconds: Number(text('slowModeSeconds')) || 0,
      listed: isOn('listed'),
      access: isOn('closed') ? 'closed' : 'open',
      plainFiles: isOn('plainFiles'),
      receipts: isOn('receipts') ? 'public' : 'private',
      ...(text('password') ? { password: text('password') } : {}),
      ...(mayFreeze ? { frozen: isOn('frozen') } : {}),
    })
    notify('Saved.')
  })
  const check = (name: string, label: string, isChecked: boolean) => (
    <label class="check">
      <input type="checkbox" name={name} defaultChecked={isChecked} /> {label}
    </label>
  )
  return (
    <section class="section" aria-labelledby="for-all">
      <h3 id="for-all">For everyone</h3>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          run(new FormData(event.currentTarget as HTMLFormElement))
        }}
      >
        <Field
          label="Name"
          name="name"
          maxlength={100}
          defaultValue={room.name ?? ''}
          autocomplete="off"
        />
        <Field
          label="Topic"
          name="topic"
          rows={2}
          maxlength={1000}
          defaultValue={room.topic ?? ''}
        />
        <Field
          label="Seconds between two messages of one person"
          name="slowModeSeconds"
          type="number"
          min={0}
          max={21_600}
          defaultValue={String(room.slowModeSeconds)}
        />
        <div class="checks">
          {check('listed', 'Shown under Discover', room.listed)}
          {check('closed', 'Closed: only for those let in', room.access === 'closed')}
          {check('plainFiles', 'Files of any type may be attached', room.plainFiles)}
          {check(
            'receipts',
            'Members see who has read what they wrote',
            room.receipts === 'public',
          )}
          {mayFreeze && check('frozen', 'Frozen: only admins may write', room.frozen)}
        </div>
        <Field
          label={room.hasPassword ? 'A new password' : 'A password to join with'}
          name="password"
          type="password"
          minlength={4}
          maxlength={256}
          autocomplete="new-password"
          hint="Leave it empty to change nothing."
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          Save
        </button>
      </form>
    </section>
  )
}
