"""The desk's pages that auth knows: the way in, people, and who works here."""

from services.auth.http.desk_pages import home, second_factor, sign_in, staff

PAGES = (sign_in, second_factor, home, staff)
