import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { focus } from '../app/focus'
import { passwordOf, useForm } from '../app/forms'
import { forgetLink } from '../app/links'
import { addressOf, go } from '../app/routes'
import { useTitle } from '../app/title'
import { Brand } from '../components/brand'
import { FormProblem } from '../components/field'
import { NewPasswordField } from './new-password-field'

/** Where the link of a forgotten password leads. */
export function ResetPassword({ token }: { token: string }) {
  const chat = useChat()
  useTitle('New password')
  const leave = () => {
    go(addressOf.logIn, { replace: true })
    forgetLink()
  }
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const body = { token, password: passwordOf(form) }
    await chat.session.send('PUT', '/v1/password', { body })
    // Its sessions have ended, and here may be one of them.
    if (chat.userId) await chat.logOut()
    leave()
    notify('Your password is changed. Log in with it.')
  })
  return (
    <main class="welcome welcome-alone">
      <section class="welcome-card" aria-labelledby="reset-title">
        <p class="brand">
          <Brand />
        </p>
        <h1 id="reset-title" ref={focus} tabIndex={-1}>
          Choose a new password
        </h1>
        <form class="form" onSubmit={onSubmit}>
          <p class="dialog-text">It signs you out on all your devices.</p>
          <NewPasswordField label="New password" error={errors.password} />
          <FormProblem problem={problem} />
          <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
            {isBusy ? 'Changing …' : 'Change password'}
          </button>
          <button type="button" class="button button-quiet" onClick={leave}>
            Not now
          </button>
        </form>
      </section>
    </main>
  )
}
