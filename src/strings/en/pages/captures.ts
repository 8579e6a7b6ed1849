/** Words of captures on the cables of a lab. */
export const captures = {
  captures: {
    heading: 'Cables and captures',
    caption: 'The cables of the lab',
    text: 'What a cable carries, as a file for Wireshark: at most ten minutes or 16 MB each, three per lab, kept for an hour.',
    cable: 'Cable',
    capture: 'Capture',
    of: 'Capture on the cable from {a} {aPort} to {b} {bPort}',
    start: 'Start',
    stop: 'Stop',
    download: 'Download',
    running: 'running since',
    none: 'none',
    ended: {
      stopped: 'stopped',
      size: 'ended at 16 MB',
      time: 'ended after ten minutes',
      checked: 'ended because the lab was checked',
      lab: 'ended with the lab',
      lost: 'the connection to GNS3 was lost',
    },
  },
}
