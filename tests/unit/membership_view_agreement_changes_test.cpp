// A view that is taken back, overtaken, or installed late.
#include "tests/unit/view_agreement_fixture.hpp"

namespace hawser {
namespace {

using namespace transport_test;

TEST_F(ViewAgreementTest, AMemberThatWantsAnotherSetTakesTheViewBack) {
  target("ABC");
  round("ABC");
  c_().target("BC");
  a_().hear(c_());
  EXPECT_EQ(a_().withdrawn, 1);
  EXPECT_FALSE(a_().view);
  EXPECT_EQ(a_().start_changes, 1) << "its own wish is as it was";
}

TEST_F(ViewAgreementTest, AMemberThatWantsTheSameSetAnewMakesAnotherView) {
  target("ABC");
  round("ABC");
  const View before = a_().view.value();
  c_().target("BC");
  c_().target("ABC");
  a_().hear(c_());
  EXPECT_FALSE(a_().view) << "B may go by C's first word still";
  EXPECT_EQ(a_().withdrawn, 1);
  round("ABC");
  round("ABC");
  ASSERT_TRUE(a_().view);
  EXPECT_NE(a_().view->id, before.id);
  EXPECT_EQ(a_().view->id.epoch, before.id.epoch);
}

TEST_F(ViewAgreementTest, ANewTargetTakesTheViewBack) {
  target("ABC");
  round("ABC");
  a_().target("AB");
  EXPECT_EQ(a_().withdrawn, 1);
  EXPECT_EQ(a_().start_changes, 2);
}

TEST_F(ViewAgreementTest, WhoMovedOnWhileThisNodeInstalledIsFollowed) {
  target("ABC");
  round("ABC");
  const View view = a_().view.value();
  c_().install(view);
  c_().restart();
  a_().install(view);
  a_().hear(c_());
  EXPECT_EQ(a_().start_changes, 2);
}

TEST_F(ViewAgreementTest, ATargetThatChangedMeanwhileIsProposedAtOnce) {
  target("AB");
  round("AB");
  const View view = a_().view.value();
  a_().target("ABC");
  a_().install(view);
  EXPECT_EQ(a_().start_changes, 3);
  EXPECT_EQ(a_().proposal().previous, view.id);
  EXPECT_EQ(names_of(a_().proposal().members), "ABC");
}

// It was overtaken: peers had installed a view that it no longer wanted, and it finished that one.
TEST_F(ViewAgreementTest, AfterACompletionItProposesFromThere) {
  target("ABC");
  round("ABC");
  const View view = a_().view.value();
  c_().target("BC");
  a_().hear(c_());  // takes the view back
  a_().install(view);
  EXPECT_EQ(a_().start_changes, 2);
  EXPECT_EQ(a_().proposal().previous, view.id);
}

TEST_F(ViewAgreementTest, RestartingProposesTheSameAnew) {
  target("AB");
  a_().agreement().restart(kStart);
  EXPECT_EQ(a_().proposal().start_id, StartChangeId{2});
  EXPECT_EQ(names_of(a_().proposal().members), "AB");
}

}  // namespace
}  // namespace hawser
