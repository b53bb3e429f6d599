import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { submitted, textOf } from '../app/forms'
import { canUsePasskeys, logInByPasskey } from '../app/passkeys'
import { challengeOf } from '../app/problems'
import { useAction } from '../app/requests'
import { Field, FormProblem } from '../components/field'

/** Username and password, and the code of an app where the account asks for one. */
export function LogIn() {
  const chat = useChat()
  const [challenge, setChallenge] = useState<string | null>(null)
  const welcome = ({ displayName }: { displayName: string }) =>
    notify(`Welcome back, ${displayName}.`)
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    const name = textOf(form, 'username')
    const who = name.includes('@') ? { email: name } : { username: name }
    try {
      welcome(await chat.logIn({ ...who, password: String(form.get('password') ?? '') }))
    } catch (error) {
      const next = challengeOf(error)
      if (!next) throw error
      setChallenge(next)
    }
  })
  const second = useAction(async (form: FormData) => {
    const code = textOf(form, 'code')
    const proof = /^\d{6}$/.test(code) ? { totp: code } : { recoveryCode: code }
    if (challenge) welcome(await chat.logIn({ challenge, ...proof }))
  })
  if (challenge)
    return (
      <form key="code" class="form" onSubmit={submitted(second.run)}>
        <Field
          label="Code"
          name="code"
          autocomplete="one-time-code"
          required
          autofocus
          hint="Six digits of your authenticator app, or one of your recovery codes."
        />
        <FormProblem problem={second.problem} />
        <button type="submit" class="button button-primary button-wide" disabled={second.isBusy}>
          Go on
        </button>
        <button type="button" class="button button-quiet" onClick={() => setChallenge(null)}>
          Back
        </button>
      </form>
    )
  return (
    <>
      <form key="password" class="form" onSubmit={submitted(run)}>
        <Field
          label="Username or e-mail"
          name="username"
          autocomplete="username"
          required
          spellcheck={false}
          autocapitalize="none"
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
          {isBusy ? 'Logging in …' : 'Log in'}
        </button>
      </form>
      {canUsePasskeys && <ByPasskey onDone={welcome} />}
    </>
  )
}

function ByPasskey({ onDone }: { onDone: (me: { displayName: string }) => void }) {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async () => onDone(await logInByPasskey(chat)))
  return (
    <div class="form">
      <button type="button" class="button button-wide" disabled={isBusy} onClick={() => run()}>
        Use a passkey
      </button>
      <FormProblem problem={problem} />
    </div>
  )
}
