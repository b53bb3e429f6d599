import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { textOf, useForm } from '../../app/forms'
import { proven } from '../../app/proofs'
import { FormProblem } from '../../components/field'
import { UsernameField } from '../username-field'
import { Block } from './block'
import { patchMe } from './patch-me'
import type { SecurityProps } from './ways-in'

export function Username({ me }: SecurityProps) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const { username } = await proven(() => patchMe(chat, { username: textOf(form, 'username') }))
    notify(`You are @${username} now.`)
  })
  return (
    <Block
      title="Username"
      text="You log in by it, and others find you by it. One that you give up stays yours for 30 days."
    >
      <form class="form" onSubmit={onSubmit}>
        <UsernameField value={me.username} error={errors.username} />
        <FormProblem problem={problem} />
        <button type="submit" class="button" disabled={isBusy}>
          {isBusy ? 'Changing …' : 'Change username'}
        </button>
      </form>
    </Block>
  )
}
