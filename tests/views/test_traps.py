"""Each trap of the frameworks that concerns this console has a test that would catch its return; here is which.

The rows are those of the design's notes: 1.2 what breaks, 2.1 queries, 2.2 rights, 2.3 start, 2.4 login.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LISTS, RIGHTS, LOGIN = "views/test_traps_lists.py", "views/test_traps_rights.py", "app/test_traps_login.py"
CHECKS, COSTS, FORMS, PAGES = (f"views/test_{name}.py" for name in ("checks", "costs", "forms", "lists"))

ROWS: dict[str, tuple[str, str]] = {
    "1.2 numeric filter on PostgreSQL": (LISTS, "test_numeric_filter_on_postgresql"),
    "1.2 boolean filter nonsense": (LISTS, "test_boolean_filter_nonsense"),
    "1.2 unknown value of an enum": (LISTS, "test_enum_filter_of_an_unknown_value"),
    "1.2 enum name is not its value": (LISTS, "test_enum_name_is_its_stored_value"),
    "1.2 enum labels": (LISTS, "test_enum_labels_are_shown_and_values_are_sent"),
    "1.2 time, uuid, interval columns": (CHECKS, "test_a_wrong_table_is_named_with_all_that_is_wrong"),
    "1.2 column_property": (CHECKS, "test_a_wrong_table_is_named_with_all_that_is_wrong"),
    "1.2 plain properties in a list": (CHECKS, "test_a_wrong_screen_is_named"),
    "1.2 natural keys": (CHECKS, "test_a_natural_key_is_refused"),
    "1.2 float left out of forms": (LISTS, "test_float_columns_are_shown_not_left_out"),
    "1.2 an unticked box is an answer": (PAGES, "test_no_can_be_stored_as_well_as_yes"),
    "1.2 date and time widgets": (LISTS, "test_date_and_time_widgets_speak_the_format_they_read"),
    "1.2 date filter": (LISTS, "test_date_filter_has_the_browsers_own_widget"),
    "1.2 audit mixin": (LISTS, "test_no_table_takes_its_author_from_the_request"),
    "1.2 WTForms 3.4": ("views/test_traps.py", "test_wtforms_stays_below_the_version_that_breaks_both"),
    "2.1 exact count over all columns": (COSTS, "test_no_page_costs_more_with_more_rows"),
    "2.1 a statement for each row": (COSTS, "test_no_page_costs_more_with_more_rows"),
    "2.1 a statement for each account": (LISTS, "test_the_list_of_accounts_costs_the_same_for_many"),
    "2.1 OFFSET, pages in no order": (PAGES, "test_paging_shows_every_row_once_in_both_directions"),
    "2.1 page size without bound": (LISTS, "test_psize_is_bounded"),
    "2.1 pages that are no number": (LISTS, "test_page_arguments_that_are_no_page"),
    "2.1 order by the password": (LISTS, "test_order_by_a_foreign_password_is_refused"),
    "2.1 every option of every key": (COSTS, "test_no_page_costs_more_with_more_rows"),
    "2.1 LIKE wildcards": (LISTS, "test_like_wildcards_are_letters_everywhere"),
    "2.1 the same filter twice is lost": (LISTS, "test_the_same_question_survives_paging"),
    "2.1 filter by a missing key": (LISTS, "test_a_filter_by_a_missing_key_finds_nothing"),
    "2.1 charts": (LISTS, "test_no_charts_and_nothing_counted_in_python"),
    "2.1 filters of threads mix": (LISTS, "test_filters_of_threads_do_not_mix"),
    "2.1 a failed deletion says nothing": (FORMS, "test_a_used_unit_cannot_be_deleted"),
    "2.1 SQL in answers; duplicates fail": (LISTS, "test_the_database_is_never_heard"),
    "2.1 the last writer wins": (FORMS, "test_the_second_of_two_editors_learns_of_the_first"),
    "2.1 addresses fill the cookie": (LISTS, "test_long_filters_do_not_fill_the_cookie"),
    "2.2 actions on hidden rows": (RIGHTS, "test_bulk_and_single_actions_do_not_reach_hidden_rows"),
    "2.2 unknown actions": (RIGHTS, "test_unknown_action_names_are_no_failure"),
    "2.2 related tabs without a right": (RIGHTS, "test_related_tabs_need_their_own_permission"),
    "2.2 related tabs and the row rule": (RIGHTS, "test_related_tabs_follow_the_row_rule"),
    "2.2 choices of a select": (RIGHTS, "test_choices_obey_the_row_rule"),
    "2.2 adding to a foreign unit": (RIGHTS, "test_a_row_cannot_be_added_to_what_one_does_not_see"),
    "2.2 moving to a foreign unit": (RIGHTS, "test_a_row_cannot_be_moved_out_of_sight"),
    "2.2 field rights": (RIGHTS, "test_who_received_a_matter_cannot_be_edited"),
    "2.2 identity": (RIGHTS, "test_identity_is_in_no_list_and_no_export"),
    "2.2 filters in forms": (LISTS, "test_a_link_cannot_carry_a_filter_into_a_form"),
    "2.2 names as patterns": (RIGHTS, "test_a_grant_is_for_one_name_only"),
    "2.2 a statement for each button": (RIGHTS, "test_permissions_are_read_once_for_a_request"),
    "2.2 permissions at each start": (LOGIN, "test_a_worker_starts_without_a_word_to_the_database"),
    "2.2 Flask-Admin is open": (RIGHTS, "test_the_desk_is_shut_until_the_matrix_opens_it"),
    "2.2 Flask-Admin lookups": (RIGHTS, "test_lookups_ask_for_the_right_to_list"),
    "2.3 two starts at once": ("app/test_init.py", "test_two_at_once_and_a_third"),
    "2.4 no lockout": (LOGIN, "test_an_account_is_shut_after_failed_logins_from_wherever"),
    "2.4 no limit, the API's login least": (LOGIN, "test_an_address_cannot_try_account_after_account"),
    "2.4 cookie": (LOGIN, "test_a_public_address_alone_is_answered"),
    "2.4 no cache headers": (LOGIN, "test_pages_are_not_kept_and_not_framed"),
    "2.4 open redirect by Host": (LOGIN, "test_a_spoofed_host_leads_nowhere"),
    "2.4 GET deletes": ("app/test_matrix.py", "test_get_never_deletes"),
    "2.4 GET changes": (RIGHTS, "test_writes_are_posts_with_a_page_behind_them"),
    "2.4 forms without a token": ("app/test_foreign.py", "test_a_form_without_its_token_is_refused"),
    "2.4 user enumeration": (LOGIN, "test_login_tells_nobody_which_accounts_exist"),
    "2.5 exports hold all rows in memory": (COSTS, "test_the_memory_of_an_export_does_not_grow_with_its_rows"),
    "2.5 exports run formulas": (PAGES, "test_an_export_is_what_was_filtered_and_runs_no_formula"),
}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_its_test(row: str) -> None:
    path, name = ROWS[row]
    assert re.search(rf"^def {name}\(", (TESTS / path).read_text(encoding="utf-8"), re.MULTILINE), row


def test_wtforms_stays_below_the_version_that_breaks_both() -> None:
    """3.4 removes what Flask-AppBuilder and Flask-Admin still use."""
    text = (TESTS.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert '"WTForms>=3.3,<3.4"' in text
