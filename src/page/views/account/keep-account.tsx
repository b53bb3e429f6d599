import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { passwordOf, textOf, useForm } from '../../app/forms'
import { FormProblem } from '../../components/field'
import { NewPasswordField } from '../new-password-field'
import { UsernameField } from '../username-field'
import { Block } from './block'
import { patchMe } from './patch-me'

/** Makes a guest somebody who can come back: the same user, with their rooms and messages. */
export function KeepAccount() {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const chosen = { username: textOf(form, 'username'), password: passwordOf(form) }
    const { username } = await patchMe(chat, chosen)
    notify(`This account is yours to keep, @${username}.`)
  })
  return (
    <Block
      title="Keep this account"
      text="You are a guest: only this browser can use the account, and it is deleted after 30 days without a visit. With a username and a password it stays yours, with its rooms and messages."
    >
      <form class="form" onSubmit={onSubmit}>
        <UsernameField error={errors.username} />
        <NewPasswordField label="Password" error={errors.password} />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Keeping it …' : 'Keep the account'}
        </button>
      </form>
    </Block>
  )
}
