// What the JavaScript clients know of the server that `run` has started: where it is, and how a code that was mailed is read.

const started = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the clients by tests/clients/run`);
  return value;
};

/** Where the server is, such as `http://127.0.0.1:8000`. */
export const url = started('LECTERN_URL');
/** Where its API is. */
export const endpoint = `${url}/graphql`;
/** The same API on a server whose budget for strangers is soon used up; see `run`. */
export const scantEndpoint = `${started('LECTERN_SCANT_URL')}/graphql`;
/** The slug of the sample course, which every new server has. */
export const sampleCourse = 'core-practice-of-palliative-care';

/** The sign-in code in the newest letter to `email`, as soon as it is in the server's local mailbox. */
export async function mailedCode(email, seconds = 20) {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    const list = await (await fetch(`${url}/mailbox`)).text();
    const rows = [...list.matchAll(/<td>([^<]*)<\/td><td><a href="([^"]+)">([^<]*)<\/a>/g)];
    const letter = rows.find(([, to, , subject]) => to === email && subject.startsWith('Your sign-in code'));
    if (letter) {
      const shown = await (await fetch(url + letter[2])).text();
      const code = shown.match(/Here is your sign-in code:\s+([A-Z0-9]{8})\s/);
      if (code) return code[1];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no sign-in code for ${email} came within ${seconds} s`);
}
