import { useState } from 'preact/hooks'
import { useMe, useRooms } from '../../client/react/chatroom-react'
import { useAction } from '../app/requests'
import { addressOf, go } from '../app/routes'
import { useTitle } from '../app/title'
import { Choice } from '../components/choice'
import { Field, FormProblem } from '../components/field'
import { Empty } from '../components/states'
import { ViewFrame } from './view-frame'

/** Makes a room and opens it. */
export function NewRoom() {
  useTitle('New room')
  const me = useMe()
  const { createRoom } = useRooms()
  const [access, setAccess] = useState<'open' | 'closed'>('open')
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const { id } = await createRoom({
      access,
      name: text('name'),
      ...(text('topic') ? { topic: text('topic') } : {}),
      ...(access === 'closed' && text('password') ? { password: text('password') } : {}),
      ...(access === 'closed' ? { listed: form.get('listed') !== null } : {}),
    })
    go(addressOf.room(id))
  })
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    run(new FormData(event.currentTarget as HTMLFormElement))
  }
  if (me?.guest)
    return (
      <ViewFrame title="New room">
        <Empty icon="lock" title="Guests cannot make rooms">
          <p>
            <a href="#/account/security">Choose a username and a password</a>, and this account is
            yours to keep.
          </p>
        </Empty>
      </ViewFrame>
    )
  return (
    <ViewFrame title="New room" subtitle="You will own it, and can change all of this later.">
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="Name"
          name="name"
          required
          maxlength={100}
          placeholder="Harbour crew"
          autocomplete="off"
        />
        <Field
          label="Topic"
          name="topic"
          maxlength={1000}
          rows={2}
          placeholder="Tides, boats, coffee"
          hint="What it is about. Optional."
        />
        <fieldset class="choices">
          <legend>Who comes in</legend>
          <Choice
            name="access"
            value="open"
            chosen={access}
            onChoose={setAccess}
            title="Everyone"
            text="Anyone here may read, and joins by writing."
          />
          <Choice
            name="access"
            value="closed"
            chosen={access}
            onChoose={setAccess}
            title="Only those let in"
            text="By an invite, a password, or being added."
          />
        </fieldset>
        {access === 'closed' && (
          <>
            <Field
              label="Password"
              name="password"
              type="password"
              minlength={4}
              maxlength={256}
              autocomplete="new-password"
              hint="Who knows it may join. Leave it empty to let people in by invites alone."
            />
            <label class="check">
              <input type="checkbox" name="listed" /> Show the room under Discover
            </label>
          </>
        )}
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Making it …' : 'Make the room'}
        </button>
      </form>
    </ViewFrame>
  )
}
