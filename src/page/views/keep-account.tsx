import type { Me } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { useAction } from '../app/requests'
import { Field, FormProblem } from '../components/field'

/** A guest becomes somebody, with all that they have. */
export function KeepAccount() {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    const me = await chat.request<Me>('PATCH', '/v1/me', {
      username: String(form.get('username') ?? '').trim(),
      password: String(form.get('password') ?? ''),
    })
    chat.setMe(me)
    notify(`This account is yours now, @${me.username}.`)
  })
  return (
    <section class="section section-call" aria-labelledby="keep">
      <h2 id="keep">Keep this account</h2>
      <p class="section-text">
        You are a guest, and guests who stay away for 30 days are forgotten. A username and a
        password make it yours: your rooms and messages stay.
      </p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          run(new FormData(event.currentTarget as HTMLFormElement))
        }}
      >
        <Field
          label="Username"
          name="username"
          autocomplete="username"
          required
          minlength={3}
          maxlength={32}
          pattern="[A-Za-z0-9_.]{3,32}"
          title="3 to 32 letters, digits, dots or underscores"
          spellcheck={false}
          autocapitalize="none"
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          minlength={8}
          maxlength={256}
          hint="At least 8 characters."
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Keeping it …' : 'Keep the account'}
        </button>
      </form>
    </section>
  )
}
