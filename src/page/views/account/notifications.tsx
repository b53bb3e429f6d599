import { useState } from 'preact/hooks'
import type { Me } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { dateOf, inHours, tomorrowMorning } from '../../app/dates'
import { textOf, useForm } from '../../app/forms'
import { useAction } from '../../app/requests'
import { Field, FormProblem } from '../../components/field'
import { Block } from './block'
import { patchMe } from './patch-me'

/** How long nothing may disturb. */
export function Notifications({ me }: { me: Me }) {
  const chat = useChat()
  const until = me.doNotDisturbUntil
  const setUntil = async (end: Date | null) => {
    const after = await patchMe(chat, { doNotDisturbUntil: end?.toISOString() ?? null })
    const told = after.doNotDisturbUntil
    notify(told ? `Quiet until ${dateOf(told)}.` : 'You can be notified again.')
  }
  const { run, isBusy, problem } = useAction(setUntil)
  return (
    <Block
      title="Do not disturb"
      text="Nothing notifies you until then. Messages arrive and are counted as always. What a single room may notify you of is in its settings."
    >
      {until && (
        <div class="row">
          <p class="row-text row-title">
            Quiet until <time dateTime={until}>{dateOf(until)}</time>
          </p>
          <button type="button" class="button" disabled={isBusy} onClick={() => run(null)}>
            Turn off
          </button>
        </div>
      )}
      <fieldset class="account-quick" disabled={isBusy}>
        <legend>Be quiet</legend>
        <button type="button" class="button" onClick={() => run(inHours(1))}>
          For an hour
        </button>
        <button type="button" class="button" onClick={() => run(tomorrowMorning())}>
          Until tomorrow at 8
        </button>
        <button type="button" class="button" onClick={() => run(inHours(7 * 24))}>
          For a week
        </button>
      </fieldset>
      <FormProblem problem={problem} />
      <Until onChoose={setUntil} />
    </Block>
  )
}

function Until({ onChoose }: { onChoose: (end: Date) => Promise<void> }) {
  const [least] = useState(() => localTime(inHours(0)))
  const { onSubmit, isBusy, problem, errors } = useForm((form) =>
    onChoose(new Date(textOf(form, 'doNotDisturbUntil'))),
  )
  return (
    <form class="form account-until" onSubmit={onSubmit}>
      <Field
        label="Or until"
        name="doNotDisturbUntil"
        type="datetime-local"
        required
        min={least}
        error={errors.doNotDisturbUntil}
      />
      <button type="submit" class="button" disabled={isBusy}>
        Set
      </button>
      <FormProblem problem={problem} />
    </form>
  )
}

/** As `datetime-local` has it: by the clock of this device, without a zone. */
function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
