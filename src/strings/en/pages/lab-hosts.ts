/** Words around GNS3's own web UI, at a lab's host name and on the pages that lead there. */
export const labHosts = {
  labHosts: {
    language: 'en',
    title: 'GNS3 of a lab',
    open: 'Open GNS3',
    openHelp: 'GNS3’s own drawing and consoles, in a window of their own',
    notOffered: 'GNS3’s own interface is not offered here; use the drawing and the terminals below.',
    back: 'Back to NetPraxis',
    frozen: 'Being checked: you can look, and nothing can be changed for the moment.',
    gone: 'This lab was switched off, or you are signed out. Open GNS3 again from NetPraxis.',
    watch: 'You look at the lab of {name}. Reason: {reason}. You can change nothing.',
  },
}
