import { useRef } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { useAction } from '../app/requests'
import { Field, FormProblem } from '../components/field'

export function Password() {
  const chat = useChat()
  const form = useRef<HTMLFormElement>(null)
  const { run, isBusy, problem } = useAction(async (given: FormData) => {
    await chat.request('PATCH', '/v1/me', {
      currentPassword: String(given.get('currentPassword') ?? ''),
      password: String(given.get('password') ?? ''),
    })
    form.current?.reset()
    notify('The password is changed.')
  })
  return (
    <section class="section" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <form
        ref={form}
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          run(new FormData(event.currentTarget as HTMLFormElement))
        }}
      >
        <Field
          label="The present one"
          name="currentPassword"
          type="password"
          autocomplete="current-password"
          required
        />
        <Field
          label="A new one"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          minlength={8}
          maxlength={256}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button" disabled={isBusy}>
          Change it
        </button>
      </form>
    </section>
  )
}
