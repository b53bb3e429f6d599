import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { submitted, textOf } from '../app/forms'
import { useAction } from '../app/requests'
import { useTitle } from '../app/title'
import { Brand } from '../components/brand'
import { DocLinks } from '../components/doc-links'
import { Field, FormProblem } from '../components/field'
import { LogIn } from './log-in'

type Way = 'register' | 'log-in'

/** What somebody sees who is not signed in. */
export function Welcome() {
  const [way, setWay] = useState<Way>('register')
  useTitle(null)
  return (
    <main class="welcome">
      <section class="welcome-pitch" aria-labelledby="welcome-title">
        <p class="brand">
          <Brand />
        </p>
        <h1 id="welcome-title">A quiet place to talk.</h1>
        <p class="welcome-lead">
          Rooms, people, and messages that arrive once and in order. All that this page does, it
          asks of the API of your own service, so a front end of yours can do the same.
        </p>
        <DocLinks />
      </section>
      <section class="welcome-card" aria-label="Sign in">
        <div class="tabs" role="tablist" aria-label="Ways in">
          <Tab way="register" chosen={way} onChoose={setWay}>
            Sign up
          </Tab>
          <Tab way="log-in" chosen={way} onChoose={setWay}>
            Log in
          </Tab>
        </div>
        <div role="tabpanel" id="way-in" aria-labelledby={`tab-${way}`}>
          {way === 'register' ? <SignUp /> : <LogIn />}
        </div>
        <AsGuest />
      </section>
    </main>
  )
}

interface TabProps {
  way: Way
  chosen: Way
  onChoose: (way: Way) => void
  children: string
}

function Tab({ way, chosen, onChoose, children }: TabProps) {
  const isChosen = way === chosen
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    const other = way === 'register' ? 'log-in' : 'register'
    onChoose(other)
    document.getElementById(`tab-${other}`)?.focus()
  }
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${way}`}
      class="tab"
      aria-selected={isChosen}
      aria-controls="way-in"
      tabIndex={isChosen ? 0 : -1}
      onClick={() => onChoose(way)}
      onKeyDown={onKeyDown}
    >
      {children}
    </button>
  )
}

function SignUp() {
  const chat = useChat()
  const { run, isBusy, problem } = useAction((form: FormData) => {
    const displayName = textOf(form, 'displayName')
    return chat.register({
      username: textOf(form, 'username'),
      password: textOf(form, 'password'),
      ...(displayName ? { displayName } : {}),
    })
  })
  return (
    <form class="form" onSubmit={submitted(run)}>
      <Field
        label="Your name"
        name="displayName"
        autocomplete="name"
        maxlength={64}
        hint="As others will see it. You can change it at any time."
      />
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
        hint="At least 8 characters. A few words are better than a riddle."
      />
      <FormProblem problem={problem} />
      <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
        {isBusy ? 'Creating your account …' : 'Create account'}
      </button>
    </form>
  )
}

function AsGuest() {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(() => chat.register({ guest: true }))
  return (
    <div class="guest">
      <p class="divider">
        <span>or</span>
      </p>
      <button type="button" class="button button-wide" disabled={isBusy} onClick={() => run()}>
        Look around as a guest
      </button>
      <p class="field-hint">No password. You can keep the account later.</p>
      <FormProblem problem={problem} />
    </div>
  )
}
