import { useEffect, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { wasSignedOut } from '../app/chat'
import { type Features, useFeatures } from '../app/features'
import { passwordOf, textOf, useForm } from '../app/forms'
import { setRefusal, useRefusal } from '../app/identity'
import { useLink } from '../app/links'
import { useAction } from '../app/requests'
import { addressOf } from '../app/routes'
import { useTitle } from '../app/title'
import { Brand } from '../components/brand'
import { DocLinks } from '../components/doc-links'
import { Field, FormProblem } from '../components/field'
import { ForgotPassword } from './forgot-password'
import { IssuerButton } from './issuer-button'
import { LogIn } from './log-in'
import { NewPasswordField } from './new-password-field'
import { ProviderRefusal } from './provider-refusal'
import { UsernameField } from './username-field'

type Way = 'register' | 'log-in'

/** What somebody sees who is not signed in. */
export function Welcome() {
  const link = useLink()
  const features = useFeatures()
  const isSignedOut = wasSignedOut()
  const isExpected = isSignedOut || link?.kind === 'verify' || location.hash === addressOf.logIn
  const [way, setWay] = useState<Way>(isExpected ? 'log-in' : 'register')
  const refusal = useRefusal()
  useEffect(() => {
    if (refusal) setWay('log-in')
  }, [refusal])
  useEffect(() => () => setRefusal(null), [])
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
        {isSignedOut && (
          <p class="welcome-note" role="status">
            You were signed out. Log in to go on where you were: what you had begun to write is
            kept.
          </p>
        )}
        {link?.kind === 'verify' && (
          <p class="welcome-note" role="status">
            Log in to verify your e-mail address.
          </p>
        )}
        {refusal && <ProviderRefusal reason={refusal} />}
        <div class="tabs" role="tablist" aria-label="Ways in">
          <Tab way="register" chosen={way} onChoose={setWay}>
            Sign up
          </Tab>
          <Tab way="log-in" chosen={way} onChoose={setWay}>
            Log in
          </Tab>
        </div>
        <div role="tabpanel" id="way-in" aria-labelledby={`tab-${way}`}>
          {way === 'register' ? <SignUp /> : <LogInOrReset />}
        </div>
        <OtherWays features={features} />
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
  const { onSubmit, isBusy, problem, errors } = useForm((form) => {
    const displayName = textOf(form, 'displayName')
    return chat.register({
      username: textOf(form, 'username'),
      password: passwordOf(form),
      ...(displayName ? { displayName } : {}),
    })
  })
  return (
    <form class="form" onSubmit={onSubmit}>
      <Field
        label="Your name"
        name="displayName"
        autocomplete="name"
        maxlength={64}
        hint="As others will see it. You can change it at any time."
        error={errors.displayName}
      />
      <UsernameField error={errors.username} />
      <NewPasswordField label="Password" error={errors.password} />
      <FormProblem problem={problem} />
      <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
        {isBusy ? 'Creating your account …' : 'Create account'}
      </button>
    </form>
  )
}

function LogInOrReset() {
  const [isForgotten, setForgotten] = useState(false)
  const features = useFeatures()
  if (isForgotten) return <ForgotPassword onClose={() => setForgotten(false)} />
  return (
    <>
      <LogIn />
      {features?.email && (
        <p class="welcome-aside">
          <button type="button" class="link-button" onClick={() => setForgotten(true)}>
            Forgot your password?
          </button>
        </p>
      )}
    </>
  )
}

function OtherWays({ features }: { features: Features | null }) {
  const issuers = features?.identityIssuers ?? []
  const mayBeGuest = features?.guests !== false
  if (issuers.length === 0 && !mayBeGuest) return null
  return (
    <div class="guest">
      <p class="divider">
        <span>or</span>
      </p>
      {issuers.map((issuer) => (
        <IssuerButton key={issuer} issuer={issuer} />
      ))}
      {mayBeGuest && <AsGuest />}
    </div>
  )
}

function AsGuest() {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(() => chat.register({ guest: true }))
  return (
    <>
      <button type="button" class="button button-wide" disabled={isBusy} onClick={() => run()}>
        Look around as a guest
      </button>
      <p class="field-hint">No password. You can keep the account later.</p>
      <FormProblem problem={problem} />
    </>
  )
}
