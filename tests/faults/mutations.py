"""Every planted fault. `python -m tests.faults.mutate` shows which of them a test notices."""

from tests.faults.planted_claims import CLAIMS, TOUCHES
from tests.faults.planted_limits import BOOKINGS, SERVERS
from tests.faults.planted_marks import HAND_OVERS
from tests.faults.planted_reviews import REVIEWS

MUTATIONS = (*CLAIMS, *HAND_OVERS, *TOUCHES, *BOOKINGS, *SERVERS, *REVIEWS)
