/** What the commands of the shell say. */
export const commands = {
  usage: `Usage: netpraxis COMMAND

  demo       the whole product on this machine, with an emulated Proxmox and GNS3
  test       packages, types, lint and all test suites
  serve      the server, against a real Proxmox (settings: .env.example)
  doctor     look at everything the server leans on, and say what to do
  template-script   print the script that makes a base template of a plain Debian or Ubuntu server
  migrate    bring the database to this version
  user       add an account, set its password or role
  evaluate   grade a running lab from the shell
  capture    keep the state of a running lab, or make a test fixture from a device
  compare    what differs between two captured states
  exercise   check, prove, import and export exercises: exercise validate|prove|import|export
  sandbox    the emulated Proxmox and GNS3 alone

Each command says more with --help.`,
  start: {
    setting: '{name}: {problem}',
    portTaken: 'The port is taken: {message}. Stop the other program, or set PORT to another number.',
    notWritable: 'Cannot write: {message}. Make the folder writable, or set DATA_DIR and UPLOADS_DIR to one that is.',
    notADatabase: 'The file at DATABASE_FILE is no database ({message}). Move it away, or set DATA_DIR to another folder.',
    diskFull: 'The disk is full: {message}. Make room and start again.',
  },
  serve: {
    ready: 'NetPraxis is ready: {url}',
    sandboxRefused: 'SANDBOX=true belongs to the demo. Take it out to serve, or run: ./netpraxis demo',
    proxmoxMissing: 'PROXMOX_URL is not set, so there is nothing to run labs on. See .env.example, or try: ./netpraxis demo',
  },
  doctor: {
    usage: 'Usage: netpraxis doctor [--user NAME | --template VMID]',
    summary: '{failing} failing, {warnings} to look at',
  },
  templateScript: {
    usage: `Usage: netpraxis template-script > base-template.sh

Prints a shell script. Run it as root in a plain Debian or Ubuntu server VM; it says at its end what is left to do.`,
  },
  migrate: { done: { one: '{count} migration was applied.', other: '{count} migrations were applied.' } },
  user: {
    usage: 'Usage: netpraxis user add NAME [--role admin|teacher|assistant|student] [--name "FULL NAME"] | passwd NAME | role NAME ROLE',
    added: 'Account {username} ({role}) was made. One-time password: {password}',
    password: 'One-time password of {username}: {password}',
    role: '{username} is {role} now.',
    unknown: 'There is no account named {username}.',
  },
  demo: {
    usage: `Usage: netpraxis demo [--fresh] [--port N] [--no-seed]

Starts the sandbox and the application on this machine, under DATA_DIR (./data). --fresh removes an earlier demo first.`,
    people: `Sign in as
  {list}`,
    ready: 'NetPraxis is ready: {url}',
    sandboxEnded: 'The sandbox ended unexpectedly.',
  },
  fileUnreadable: '{file}: cannot be read ({reason})',
  problem: '{file}:{line}: {field}: {message}',
  problemsFound: {
    one: '{count} problem; nothing was asked of any device.',
    other: '{count} problems; nothing was asked of any device.',
  },
  evaluate: {
    usage: `Usage: netpraxis evaluate EXERCISE.yaml (--gns3 http://[USER:PASSWORD@]HOST:PORT [--project NAME|UUID] [--start] | --inventory FILE|DIR)
         [--only ID,...] [--json FILE|-] [--junit FILE] [--evidence DIR]

Grades a running lab. Exit status: 0 all passed, 1 at least one failed, 2 undecided or lab not reached,
64 wrong use or invalid file (nothing was asked of any device), 130 interrupted.`,
    oneFile: 'name one exercise file',
    oneLab: 'say where the lab is: --gns3 or --inventory, one of them',
    onlyWithGns3: '--{option} goes with --gns3 only',
    badUrl: '--gns3 must be http://[USER:PASSWORD@]HOST:PORT',
    unknownCriterion: '--only: there is no criterion "{id}"; there are {known}',
    secretMissing: 'the environment variable {name} is not set; the exercise names it as a secret',
    folderMissing: '{path}: its folder does not exist',
    noProject: 'the GNS3 server has no project',
    noProjectNamed: 'the GNS3 server has no project "{name}", and no other',
    severalProjects: 'the GNS3 server has several projects; choose one with --project: {names}',
    unknownProject: 'the GNS3 server has no project "{name}"; it has {names}',
    deviceNotInLab: 'the lab has no device of this name; it has {names}',
    deviceNotInProject: 'the project has no device of this name; it has {names}',
    deviceNotInInventory: 'the inventory has no host of this name; it has {names}',
    labNotReached: 'The lab could not be reached at {address}: {reason}',
    labNotPrepared: 'The lab could not be made ready: {reason}',
    starting: 'starting the devices of {project}',
    waiting: 'started {started} of {total} devices',
    summary: '{points} of {maxPoints} points; {pass} passed, {fail} failed, {inconclusive} not decided, {skipped} skipped',
    undecided: '{points} points are not decided',
    interrupted: 'Interrupted.',
  },
  capture: {
    usage: `Usage: netpraxis capture EXERCISE.yaml (LAB) --state FILE|-
       netpraxis capture EXERCISE.yaml (LAB) --criterion ID --fixture PATH [--source TEXT]
       netpraxis capture [EXERCISE.yaml] (LAB) --device NAME [--platform ID] --command "COMMAND" ... --fixture PATH [--source TEXT]
LAB: --gns3 http://[USER:PASSWORD@]HOST:PORT [--project NAME|UUID] [--start] | --inventory FILE|DIR

--state keeps what every device is configured with and what every criterion reads, for "netpraxis compare".
--fixture writes a conversation for the tests: PATH.txt, and with --criterion PATH.json with what was read in it; look at both before
you keep them (test/fixtures/console/PLATFORM/KIND/WHAT-IT-SHOWS). Passwords, keys and communities are removed.
Exit status: 0 captured, 2 in part or not at all, 64 wrong use (nothing was asked of any device), 130 interrupted.`,
    oneFile: 'name one exercise file',
    fileMissing: 'name the exercise file whose devices are meant',
    oneOutput: 'say what is to be written: --state or --fixture, one of them',
    stateIsAll: '--state is of all devices: it goes without --criterion, --device and --command',
    criterionOrCommands: '--fixture needs --criterion ID, or --device NAME with at least one --command',
    unknownCriterion: '--criterion: there is no criterion "{id}"; there are {known}',
    unknownDevice: '--device: the exercise has no device "{name}"; it has {names}',
    unknownPlatform: '--platform: no platform is called {name}',
    platformMissing: 'say of which platform {name} is: --platform',
    nothingAsked: '{device} could not be asked: {reason}',
    cut: '{command}: the answer did not end at a prompt ({ended})',
    missing: '{device}: {source} could not be captured: {problem}',
    notRepeatable: 'The fixture, read again, does not lead to the same verdict: look at it.',
    written: 'written: {file}',
    source: 'recorded by netpraxis capture from {project} on {date}',
    inventory: 'an inventory',
  },
  compare: {
    usage: `Usage: netpraxis compare LEFT.json RIGHT.json [--json]

What differs between two states of a lab, device by device: lines of the configurations, verdicts, facts. A state is what
"netpraxis capture --state" writes; the JSON of "netpraxis evaluate", GET /api/v1/submissions/ID and
GET /api/v1/submissions/ID/configurations are read too. Lines that change by themselves (times, counters) do not count.
Exit status: 0 the same, 1 different, 2 no difference seen but something could not be compared, 64 wrong use.`,
    twoFiles: 'name two files',
    noState: '{file}: is no captured state',
    same: 'No difference.',
    sameAsFarAsKnown: 'No difference in what could be compared.',
    noDevice: 'whole lab',
    running: 'running configuration ({source})',
    saved: 'saved configuration ({source})',
    missing: {
      left: 'Not compared: {what}: the left state does not have it{problem}',
      right: 'Not compared: {what}: the right state does not have it{problem}',
      both: 'Not compared: {what}: neither state has it{problem}',
    },
  },
  exercise: {
    usage: `Usage: netpraxis exercise validate EXERCISE.yaml...
       netpraxis exercise prove EXERCISE.yaml [--gns3 http://[USER:PASSWORD@]HOST:PORT] [--untouched LAB] --solution LAB
         [--json FILE|-] [--evidence DIR]
       netpraxis exercise import EXERCISE.yaml --server URL (--course ID | --exercise ID) [--base-template VMID]
       netpraxis exercise export ID --server URL --output DIR [--force]

validate  all problems of exercise files with their lines, and the longest time that checking takes. 0 valid, 64 not.
prove     all criteria against the untouched lab, which must not score full, and against a solution, which must. LAB is, with --gns3, a
          portable project (imported, started, and deleted afterwards) or NAME|UUID of a project on the server (started where it is off);
          without --gns3, an inventory (FILE|DIR). The untouched lab is the file's own "project" where none is named.
          0 proven, 1 not, 2 undecided or lab not reached, 64 wrong use or invalid file (nothing was asked of any device), 130 interrupted.
import    sends the file with its statement and project to a server, as a new exercise of a course or a new revision of an exercise, gives
          the values of its secrets that stand in the environment, and waits until its lab is built.
          0 saved and built, 1 the build failed, 2 server not reached or it broke off, 64 refused, 130 interrupted (the build goes on).
export    writes DIR/exercise.yaml, with statement.md and lab.gns3project where it has them; secrets by name only. 0, 2, 64, 130.

The server wants an API key (page "Account") in the environment variable NETPRAXIS_TOKEN.`,
    tokenMissing: 'the environment variable NETPRAXIS_TOKEN is not set; it holds an API key of the page "Account"',
    serverMissing: 'say which server: --server https://HOST',
    badServer: '--server must be http(s)://HOST[:PORT]',
    oneTarget: 'say where it goes: --course ID for a new exercise, or --exercise ID for a new revision, one of them',
    badTemplate: '--base-template must be the number of a VM',
    chooseTemplate: 'choose a base template with --base-template: {names}',
    noTemplate: 'the server has no base template: its administrator names them in PROXMOX_BASE_TEMPLATES',
    noSolution: 'name the solution: --solution',
    noUntouched: 'the exercise has no "project": name the untouched lab with --untouched',
    oneId: 'name one exercise by its id',
    outputMissing: 'say where to write: --output DIR',
    outputTaken: '{file}: is there already; --force writes over it',
    partUnreadable: 'cannot be read ({reason})',
    projectInvalid: 'is no portable project: {reason}',
    saved: 'saved: exercise {id}',
    draft: 'A draft: the file has no project, so nothing is built.',
    secretsOpen: 'Secrets without a value: {names}. Set them in the environment, or on the page of the exercise.',
    building: 'building: {step}',
    built: 'The lab is built: the exercise is {state}.',
    buildFailed: 'The lab could not be built: {reason}',
    buildEnded: 'The build was broken off.',
    written: 'written: {file}',
    importing: '{label}: importing {file}',
    preconfiguring: '{label}: pre-configuring {device}',
    proof: '{id}: {title}: untouched {untouched}, solution {solution}',
    passesUntouched: 'shows nothing: passes in the untouched lab already',
    untouchedFull: 'Not proven: the untouched lab scores full ({points} of {maxPoints}).',
    solutionShort: 'Not proven: the solution scores {points} of {maxPoints}.',
    solutionOpen: 'Not proven: {points} points of the solution are not decided.',
    proven: 'Proven: the untouched lab scores {untouched}, the solution {solution} of {maxPoints}.',
  },
  validate: {
    valid: {
      one: '{file}: valid, {count} criterion, {points} points; checking takes {duration} at most, when nothing passes in time',
      other: '{file}: valid, {count} criteria, {points} points; checking takes {duration} at most, when nothing passes in time',
    },
    seconds: '{seconds} s',
    minutes: '{minutes} min {seconds} s',
    problems: { one: '{count} problem', other: '{count} problems' },
  },
  sandbox: {
    usage: `Usage: netpraxis sandbox [--speed N] [--state DIR] [--faults FILE] [--seed N] [--port N]

Serves an emulated Proxmox cluster with a GNS3 server in each started VM, for demonstrations and tests.
The first line on standard output is a JSON object with its addresses and credentials.
All VMs are switched off when it starts: ending it is a power cut.`,
    badNumber: '--{name} must be a number from {from} to {to}',
    cannotStart: 'The sandbox cannot start: {reason}',
  },
} as const
