import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { focus } from '../app/focus'
import { textOf, useForm } from '../app/forms'
import { Field, FormProblem } from '../components/field'
import { LocalMail } from './local-mail'

/** Asks for a letter with a link. Nobody is told whether there is such an account. */
export function ForgotPassword({ onClose }: { onClose: () => void }) {
  const chat = useChat()
  const [isSent, setSent] = useState(false)
  const { onSubmit, isBusy, problem, errors } = useForm(
    async (form) => {
      const name = textOf(form, 'username')
      const body = name.includes('@') ? { email: name } : { username: name }
      await chat.session.send('POST', '/v1/password-resets', { body })
      setSent(true)
    },
    { email: 'username' },
  )
  if (isSent)
    return (
      <div class="form">
        <h2 ref={focus} tabIndex={-1}>
          Look into your mail
        </h2>
        <p class="dialog-text">
          If there is such an account, and it has an e-mail address that was verified, a link is on
          its way. It works once, for an hour.
        </p>
        <LocalMail />
        <button type="button" class="button button-wide" onClick={onClose}>
          Back to log in
        </button>
      </div>
    )
  return (
    <form class="form" onSubmit={onSubmit}>
      <h2 ref={focus} tabIndex={-1}>
        Forgot your password?
      </h2>
      <p class="dialog-text">We send a link by which you choose a new one, or your first.</p>
      <Field
        label="Username or e-mail"
        name="username"
        autocomplete="username"
        required
        spellcheck={false}
        autocapitalize="none"
        error={errors.username}
      />
      <FormProblem problem={problem} />
      <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
        {isBusy ? 'Sending …' : 'Send the link'}
      </button>
      <button type="button" class="button button-quiet" onClick={onClose}>
        Back to log in
      </button>
    </form>
  )
}
