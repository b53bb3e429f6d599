import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { passwordOf, textOf, useForm } from '../app/forms'
import { canUsePasskeys, logInByPasskey } from '../app/passkeys'
import { challengeOf } from '../app/problems'
import { useAction } from '../app/requests'
import { Field, FormProblem } from '../components/field'
import { CodeField, type CodeKind, codeOf } from './code-field'

/** Username and password, and the code of an app where the account asks for one. */
export function LogIn() {
  const chat = useChat()
  const [challenge, setChallenge] = useState<string | null>(null)
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const name = textOf(form, 'username')
    const who = name.includes('@') ? { email: name } : { username: name }
    try {
      await chat.logIn({ ...who, password: passwordOf(form) })
    } catch (error) {
      const next = challengeOf(error)
      if (!next) throw error
      setChallenge(next)
    }
  })
  if (challenge) return <SecondFactor challenge={challenge} onBack={() => setChallenge(null)} />
  return (
    <div class="form">
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="Username or e-mail"
          name="username"
          autocomplete="username webauthn"
          required
          spellcheck={false}
          autocapitalize="none"
          error={errors.username}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error={errors.password}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
          {isBusy ? 'Logging in …' : 'Log in'}
        </button>
      </form>
      {canUsePasskeys && <ByPasskey />}
    </div>
  )
}

interface SecondFactorProps {
  challenge: string
  onBack: () => void
}

/** What an account asks for beside the right password. */
function SecondFactor({ challenge, onBack }: SecondFactorProps) {
  const chat = useChat()
  const [kind, setKind] = useState<CodeKind>('totp')
  const { onSubmit, isBusy, problem, errors } = useForm(
    (form) => chat.logIn({ challenge, ...codeOf(form, kind) }),
    { wrong_code: kind },
  )
  return (
    <form class="form" onSubmit={onSubmit}>
      <CodeField kind={kind} onKind={setKind} errors={errors} />
      <FormProblem problem={problem} />
      <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
        {isBusy ? 'Checking …' : 'Go on'}
      </button>
      <button type="button" class="button button-quiet" onClick={onBack}>
        Back
      </button>
    </form>
  )
}

function ByPasskey() {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(() => logInByPasskey(chat))
  return (
    <div class="form">
      <button type="button" class="button button-wide" disabled={isBusy} onClick={() => run()}>
        Use a passkey
      </button>
      <FormProblem problem={problem} />
    </div>
  )
}
