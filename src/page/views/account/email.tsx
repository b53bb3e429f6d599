import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { textOf, useForm } from '../../app/forms'
import { proven } from '../../app/proofs'
import { Field, FormProblem } from '../../components/field'
import { Block } from './block'
import { patchMe } from './patch-me'
import type { SecurityProps } from './ways-in'

/** The address by which one finds the way back into the account. */
export function Email({ me }: SecurityProps) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const email = textOf(form, 'email') || null
    await proven(() => patchMe(chat, { email }))
    notify(email ? 'Your e-mail address is saved.' : 'Your e-mail address is removed.')
  })
  return (
    <Block title="E-mail address" text="Nobody else sees it.">
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autocomplete="email"
          maxlength={254}
          defaultValue={me.email ?? ''}
          hint="Leave it empty to remove it."
          error={errors.email}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button" disabled={isBusy}>
          {isBusy ? 'Saving …' : 'Save address'}
        </button>
      </form>
    </Block>
  )
}
