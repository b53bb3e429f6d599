import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { passwordOf, useForm } from '../../app/forms'
import { proven } from '../../app/proofs'
import { Field, FormProblem } from '../../components/field'
import { NewPasswordField } from '../new-password-field'
import { Block } from './block'
import { patchMe } from './patch-me'
import type { SecurityProps } from './ways-in'

/** The change of the password, or a first one for who came by something else. */
export function Password({ me, factors, onChange }: SecurityProps) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(
    async (form, element) => {
      const current = passwordOf(form, 'currentPassword')
      await proven(() =>
        patchMe(chat, {
          password: passwordOf(form),
          ...(factors.password ? { currentPassword: current } : {}),
        }),
      )
      element.reset()
      notify('Your password is changed. Your other devices are signed out.')
      onChange()
    },
    { wrong_password: 'currentPassword' },
  )
  return (
    <Block
      title="Password"
      text={
        factors.password
          ? 'A new one signs out all your other devices.'
          : 'You have none yet. With one, you can also log in by your username.'
      }
    >
      <form class="form" onSubmit={onSubmit}>
        <input type="text" hidden autocomplete="username" value={me.username} readOnly />
        {factors.password && (
          <Field
            label="Current password"
            name="currentPassword"
            type="password"
            autocomplete="current-password"
            required
            error={errors.currentPassword}
          />
        )}
        <NewPasswordField label="New password" error={errors.password} />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Changing …' : factors.password ? 'Change password' : 'Set password'}
        </button>
      </form>
    </Block>
  )
}
