/** Stands as a person's id in Google's logs for who is not signed in, and for who is hidden from the organisation (Reports API, `actor.profileId`). */
export const NOBODY = '105250506097979753968';
